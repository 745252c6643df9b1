"""How much of a student's notebook is read, run and shown. What is beyond is cut or left out, and said."""

# of the file
MAX_TEXT = 16 * 2**20  # bytes of a notebook without the large outputs
MAX_VALUES = 1_500_000  # values in it: each takes some hundred bytes once it is read
MAX_CELLS = 20_000
MAX_SHOWN_SOURCES = 100_000  # characters of all its sources that are shown: some take a second for 10,000
MAX_SHOWN_OUTPUTS = 300_000  # characters of all its outputs, pictures not counted
MAX_PICTURES = 10_000_000  # base64 characters of all its pictures

# of a cell
MAX_SOURCE = 500_000  # characters that are read and run
MAX_SHOWN_SOURCE = 20_000  # characters that are shown
MAX_SHOWN_TEXT = 15_000  # characters of a text cell: some Markdown takes time that grows with the square of its length
MAX_CELL_OUTPUTS = 2 * 2**20  # bytes of a cell's outputs, as they stand in the file; larger ones are left out
MIN_CELL_OUTPUTS = 1_000  # bytes of a cell's outputs that stay even in a notebook that is too large with the others
MAX_OUTPUTS = 50
MAX_ATTACHMENTS = 20

# of an output
MAX_OUTPUT = 20_000  # characters of its text
MAX_OUTPUT_HTML = 5 * MAX_OUTPUT  # characters; half a table is none
MAX_TRACEBACK = 100  # lines

# of a picture
MAX_PICTURE = 1_500_000  # base64 characters
MAX_PIXELS = 20_000_000  # one of few bytes may unfold into gigabytes
