"""How much of a student's notebook is read, run and shown. What is beyond is cut or left out, and said."""

# of the file
MAX_TEXT = 16 * 2**20  # bytes of a notebook without the large outputs
MAX_VALUES = 1_500_000  # values in it: each takes some hundred bytes once it is read
MAX_CELLS = 20_000

# of a cell
MAX_SOURCE = 500_000  # characters that are read and run
MAX_SHOWN_SOURCE = 100_000  # characters that are shown
MAX_SHOWN_TEXT = 30_000  # characters of a text cell: some Markdown takes time that grows with the square of its length
MAX_CELL_OUTPUTS = 2 * 2**20  # bytes of a cell's outputs, as they stand in the file; larger ones are left out
MIN_CELL_OUTPUTS = 1_000  # bytes of a cell's outputs that stay even in a notebook that is too large with the others
MAX_OUTPUTS, MAX_SHOWN_OUTPUTS = 100, 50
MAX_ATTACHMENTS = 20

# of an output
MAX_OUTPUT_TEXT, MAX_SHOWN_OUTPUT = 100_000, 20_000  # characters of its text
MAX_DRAWING = 10 * MAX_OUTPUT_TEXT  # characters of a drawing; half of one is none
MAX_SHOWN_HTML = 5 * MAX_SHOWN_OUTPUT  # characters
MAX_TRACEBACK = 100  # lines

# of a picture
MAX_ATTACHMENT = 3 * 2**20  # base64 characters of one pasted into a text cell
MAX_PICTURE = 1_500_000  # base64 characters
MAX_PIXELS = 20_000_000  # a picture of few bytes may unfold into gigabytes
MAX_PICTURES = 10_000_000  # base64 characters of all pictures of a notebook
