"""Messages between grader and sandbox: what is sent arrives as it was, and garbage is refused as garbage."""

import os
from pathlib import Path

import msgspec
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exercises.kit.given.fake_models import JOINT_SIZES, JointModel, PlaneModel, ProfileModel
from grading.remote.channel import LONGEST, LONGEST_HEADER, Channel, Deadline
from grading.remote.inside import calls, messages, values
from grading.remote.inside.wire import DTYPES, LENGTHS, loaded, packed
from grading.remote.proxies import Examination, Model, Reader
from grading.remote.replies import Broken, Died, Malformed
from grading.remote.requests import Arguments, call_of
from helpers.reviews import Review

FEW = settings(max_examples=60, deadline=None)
shapes = st.lists(st.integers(0, 4), max_size=3)
numbers = st.floats() | st.floats(-5, 5)


@st.composite
def tensors(draw):
    """Tensors of each dtype that is told, with numbers that are none among them."""
    tensor = torch.tensor(draw(st.lists(numbers, min_size=64, max_size=64)), dtype=torch.float64)
    dtype, shape = draw(st.sampled_from(sorted(DTYPES, key=str))), draw(shapes)
    if not dtype.is_floating_point:
        tensor = tensor.nan_to_num(1, 2, 3).clamp(0, 100)
    return tensor[: torch.Size(shape).numel()].reshape(shape).to(dtype)


plain = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | numbers | st.text(max_size=20) | st.just(...)
nested = st.recursive(
    plain | tensors(),
    lambda parts: (
        st.lists(parts, max_size=4)
        | st.lists(parts, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=5), parts, max_size=3)
    ),
    max_leaves=12,
)


def same(one, other):
    """Whether two values are the same in type, shape and every bit that counts."""
    if type(one) is not type(other):
        return False
    if isinstance(one, torch.Tensor):
        equal = torch.equal(one.nan_to_num(7), other.nan_to_num(7)) and torch.equal(one.isnan(), other.isnan())
        return one.dtype == other.dtype and one.shape == other.shape and equal
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return one == other or one != one


@pytest.fixture(scope="module")
def receive(tmp_path_factory):
    """Receive bytes as a grader's channel does, and read the value in the reply."""
    path = tmp_path_factory.mktemp("channel") / "bytes"

    def receive(data):
        path.write_bytes(data)
        with path.open("rb", buffering=0) as source, Path(os.devnull).open("wb", buffering=0) as sink:
            frame = Channel(sink, source).receive(Deadline(60))
        return Reader(Examination(None), frame.beside).read(frame.message.value)

    return receive


def told(value):
    """Return the frame that tells a value, as the sandbox makes it."""
    describing = values.Values()
    return packed(messages.Told(describing.describe(value)), describing.beside)


def sent(*arguments):
    """Return arguments as they arrive in the sandbox, and the tensors among them."""
    request, beside, _ = call_of(0, None, arguments, {}, None, Model)
    data = packed(request, beside)
    first, second = LENGTHS.unpack(data[: LENGTHS.size])
    call = msgspec.msgpack.decode(data[LENGTHS.size :][:first], type=messages.Request)
    assert len(data) == LENGTHS.size + first + second
    beside = loaded(data[LENGTHS.size + first :])
    inputs = [calls.read_tensor(tensor, beside) for tensor in call.tensors]
    reader = values.Arguments(inputs, None)
    return [reader.read(argument) for argument in call.arguments], inputs


@FEW
@given(nested)
def test_what_the_sandbox_tells_arrives_as_it_was(receive, value):
    assert same(receive(told(value)), value)


@FEW
@given(st.lists(nested, max_size=3))
def test_what_the_grader_sends_arrives_as_it_was(arguments):
    assert same(sent(*arguments)[0], arguments)


@FEW
@given(st.lists(st.builds(Review, st.integers(0, 9), st.integers(0, 9), st.lists(st.integers(1, 9)), numbers)))
def test_reviews_arrive_as_reviews(reviews):
    assert same(sent(reviews)[0], [reviews])


def test_a_tensor_that_is_sent_twice_arrives_as_one_that_learns_as_before():
    one, other = torch.ones(2, 3, requires_grad=True), torch.ones(2, dtype=torch.bfloat16)
    (first, (second, again), third), inputs = sent(one, [other, one], torch.empty(5, device="meta"))
    assert first is again
    assert first.requires_grad
    assert (second.dtype, third.device.type, len(inputs)) == (torch.bfloat16, "meta", 3)


def test_a_view_arrives_without_what_it_is_a_view_of():
    assert same(sent(torch.arange(12).reshape(3, 4).T[1:3])[0], [torch.tensor([[1, 5, 9], [2, 6, 10]])])


BATCH = [torch.tensor([1, 2]), torch.tensor([3, 0]), torch.tensor([[1, 2], [3, 0]])]
FAKES = {
    "profile": (ProfileModel, lambda model: model(*BATCH)),
    "joint": (lambda: JointModel(BATCH, torch.tensor([1.0, 2.0]), 3), lambda model: model(*BATCH)[0]),
    "plane": (lambda: PlaneModel(max(*JOINT_SIZES, 20)), lambda model: model.get_text(*BATCH[:2])),
}


@pytest.mark.parametrize(("make", "ask"), FAKES.values(), ids=FAKES)
@pytest.mark.parametrize("training", [True, False])
def test_a_model_of_the_checks_own_arrives_with_its_weights_its_mode_and_its_notes(make, ask, training):
    model = make().train(training)
    (came,), inputs = sent(model)
    assert type(came) is type(model)
    assert came.training == came.text_emb.training == training if hasattr(model, "text_emb") else True
    assert same(dict(came.state_dict()), dict(model.state_dict()))
    assert {id(weight) for weight in came.parameters()} <= {id(tensor) for tensor in inputs}
    assert same(ask(came).detach(), ask(model).detach())
    noted = [{key: part for key, part in vars(one).items() if isinstance(part, list)} for one in (came, model)]
    assert same(*noted)


@pytest.mark.parametrize("value", [{1}, torch.nn.Linear(1, 1), torch.ones(2) + 0j, {1: 2}, object()])
def test_what_cannot_be_sent_is_refused_aloud(value):
    with pytest.raises(TypeError, match="cannot be sent into the sandbox"):
        sent(value)


def test_texts_that_no_file_can_hold_arrive_all_the_same(receive):
    assert receive(told(["\ud800 and more", {"\udfff": 1}])) == ["? and more", {"?": 1}]


# --- garbage


@FEW
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_garbage_is_refused_as_malformed(receive, message, beside):
    with pytest.raises(Broken):
        receive(LENGTHS.pack(len(message), len(beside)) + message + beside)


@FEW
@given(st.data(), nested)
def test_a_frame_that_was_tampered_with_is_read_or_refused_and_nothing_else(receive, data, value):
    frame = bytearray(told(value))
    for _ in range(data.draw(st.integers(1, 3))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    try:
        receive(bytes(frame))
    except Broken:
        return


@FEW
@given(st.data(), nested)
def test_a_frame_that_ends_too_early_is_one_of_a_process_that_is_gone(receive, data, value):
    frame = told(value)
    end = data.draw(st.integers(0, len(frame) - 1))
    assume(end < len(frame))
    with pytest.raises(Died):
        receive(frame[:end])


@pytest.mark.parametrize("lengths", [(LONGEST[0] + 1, 0), (0, LONGEST[1] + 1), (2**64 - 1, 2**64 - 1)])
def test_a_reply_that_is_too_long_is_refused_before_it_is_read(receive, lengths):
    with pytest.raises(Malformed, match="too long"):
        receive(LENGTHS.pack(*lengths))


def test_tensors_whose_description_is_too_long_are_refused_before_it_is_read(receive):
    beside = (LONGEST_HEADER + 1).to_bytes(8, "little")
    with pytest.raises(Malformed, match="too many tensors"):
        receive(LENGTHS.pack(1, len(beside)) + b"\xc0" + beside)


@pytest.mark.parametrize("kind", [messages.Other("a"), messages.Class("a", True, 0, "__main__")])
def test_things_that_take_much_memory_are_counted(receive, kind):
    with pytest.raises(Malformed):
        receive(packed(messages.Told(messages.List([messages.List([kind] * 4_000)] * 3))))


def test_numbers_are_read_once(receive):
    tensor = messages.Tensor("float32", [3], "cpu", False, False, numbers=0)
    assert same(receive(packed(messages.Told(tensor), [torch.ones(3)])), torch.ones(3))
    with pytest.raises(Malformed):
        receive(packed(messages.Told(messages.List([tensor, tensor])), [torch.ones(3)]))


def test_the_notes_of_arguments_are_numbered_by_identity():
    one = torch.ones(1)
    found = Arguments(Model)
    assert found.describe([one, torch.ones(1), one]).parts == [messages.Sent(0), messages.Sent(1), messages.Sent(0)]
