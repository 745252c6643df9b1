"""What the grader and the process in the sandbox say to each other: every message, with its fields and their types.

Both sides import this. The numbers of tensors travel beside a message, as safetensors; it refers to them by position.
"""

from msgspec import Struct


class Message(Struct, tag=True, forbid_unknown_fields=True):
    """The base of messages and of what they hold; the name of the class tells which one it is."""


# --- values


class Dots(Message):
    """The `...` of an exercise that is still to do."""


class Tensor(Message):
    """A tensor: what it is, and where its numbers are, unless they are not told."""

    dtype: str  # of torch, such as "float32"
    shape: list[int]
    device: str
    learns: bool  # requires a gradient
    parameter: bool
    leaf: bool = True
    sparse: bool = False
    numbers: int | None = None  # position beside the message
    id: int | None = None  # to ask for it again, if it learns


class List(Message):
    """A list."""

    parts: "list[Value]"


class Tuple(Message):
    """A tuple."""

    parts: "list[Value]"


class Dict(Message):
    """A dictionary."""

    pairs: "list[tuple[str, Value]]"


class Layer(Message):
    """A layer, or a whole model: its kind, if it is one that exercises ask for, and what it holds, by position."""

    name: str  # of its class
    kind: str | None
    settings: dict[str, bool | int | str]
    parameters: dict[str, int]
    buffers: dict[str, int]
    children: "dict[str, Layer]"


class Model(Message):
    """A model that is kept in the sandbox; `layers` refers to its weights."""

    id: int
    training: bool
    layers: Layer
    weights: list[Tensor]


class Class(Message):
    """A class that is kept in the sandbox."""

    name: str
    is_module: bool
    id: int
    defined_in: str  # the module


class Function(Message):
    """A function, or something else that can be called, that is kept in the sandbox."""

    id: int
    defined_in: str  # the module


class Method(Message):
    """A method of what was asked for an attribute."""

    name: str


class Part(Message):
    """A part of the model that was asked for it, whatever name leads there: a layer of it, or one of its weights."""

    layers: Layer | None  # refers to the weights of the whole model
    number: int = 0  # of the weight, if it is no layer


class Other(Message):
    """Anything else, by the name of its type."""

    name: str


class Sent(Message):
    """One of the tensors that the grader sends with a call."""

    number: int


class Review(Message):
    """An encoded review."""

    user: "Value"
    item: "Value"
    words: "Value"
    rating: "Value"


class Fake(Message):
    """A small model of the checks' own; `layers` refers to the tensors that are sent with the call."""

    kind: str  # a class of exercises.kit.given.fake_models
    training: bool
    layers: Layer
    attributes: "dict[str, Value]"


class Kept(Message):
    """A function, or a model, that is kept in the sandbox.

    weights: those that the proxy of a model has, tensors that are sent with the call.
    """

    id: int
    weights: list[int]


Plain = None | bool | int | float | str
Value = (
    Plain
    | Dots
    | Tensor
    | List
    | Tuple
    | Dict
    | Model
    | Class
    | Function
    | Method
    | Part
    | Other
    | Sent
    | Review
    | Fake
    | Kept
)


# --- requests


class Begin(Message):
    """Begin a notebook."""

    seed: int
    without_cuda: bool = False  # what it asks of a graphics card is done on the CPU
    modules: dict[str, bytes] = {}  # the student's own Python files beside it, by their paths there


class Run(Message):
    """Run a cell."""

    source: str
    seconds: float


class Finish(Message):
    """Finish the notebook."""


class Examine(Message):
    """Begin an examination, in a fork; each call may take so many seconds."""

    seed: int
    seconds: float


class Look(Message):
    """Describe what the notebook calls `name`."""

    name: str


class Given(Message):
    """Describe a function of exercises.kit.given.session."""

    name: str


class Put(Message):
    """Let what the notebook calls `name` be another number, or another tensor."""

    name: str
    value: bool | int | float | Tensor


class Get(Message):
    """Describe an attribute of something kept."""

    target: int
    name: str


class Settings(Message):
    """The surroundings of a call, as the check has made them."""

    gradients: bool
    default_dtype: str  # of torch, such as "float32"
    default_device: str
    device: str  # where the weights of the called model are
    fake_device: bool


class Call(Message):
    """Call something kept, or a method of it."""

    target: int
    method: str | None
    arguments: list[Value]
    keywords: dict[str, Value]
    tensors: list[Tensor]  # those that arguments refer to, then the weights of the called model
    training: bool | None  # the mode of the called model
    settings: Settings


class Back(Message):
    """Return the gradients of a call's inputs, given those of its results, which were kept under these numbers."""

    inputs: int
    results: list[tuple[int, Tensor]]


class Again(Message):
    """Describe what a call returned, which was kept under this number, as it is now."""

    returned: int


class End(Message):
    """End the examination."""


Request = Begin | Run | Finish | Examine | Look | Given | Put | Get | Call | Back | Again | End


# --- replies


class Error(Message):
    """An exception of the student's code."""

    name: str  # of its class
    kinds: list[str]  # the names of the classes that it is derived from, its own included
    message: str
    own_lines: list[str]
    meaning: str = ""  # in plain words, if they are known


class Ready(Message):
    """The process is ready for the first notebook."""


class Started(Message):
    """The notebook has begun."""


class Ended(Message):
    """A fork has ended: its exit code, or minus the number of the signal that killed it."""

    code: int


class Ran(Message):
    """A cell was run."""

    printed: str
    error: Error | None


class Told(Message):
    """A value that was asked for."""

    value: Value


class Change(Message):
    """What a call has made of a tensor that it was given."""

    number: int
    tensor: Tensor
    gradient: Tensor | None


class Called(Message):
    """What a call returned, and what it changed."""

    value: Value
    inputs: int  # to ask for their gradients
    changed: list[Change]
    arguments: Value  # lists, and the notes of fake models; None if they are as before
    returned: int = 0  # to ask for the value again


class Raised(Message):
    """The student's code raised an exception."""

    error: Error


Reply = Ready | Started | Ended | Ran | Told | Called | Raised
