"""Functions of the core in a child process: answers, errors, limits, and no process left behind."""

import os
import resource
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import gantry_forecast_core as core
import numpy as np
import pytest
from gantry_forecast_core import codec
from gantry_forecast_core.child import Cancelled, Child, ChildError, Limits, call, function_name
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

CORE = Path(core.__file__).parent
PROBE = """
import os, resource, signal, subprocess, time
from .types import ProblemError

def echo(value):
    return value

def refuse():
    raise ProblemError("The history is empty.")

def fail():
    raise ValueError("a number was odd\\nand more")

def die(number):
    os.kill(os.getpid(), number)
    time.sleep(30)

def leave():
    os._exit(3)

def hog():
    return len(bytearray(4 << 30))

def needs():
    import statsforecast_that_nobody_has

def sleep(seconds, progress=None):
    helper = subprocess.Popen(["sleep", "60"])
    progress(os.getpid(), helper.pid)
    time.sleep(seconds)

def surroundings():
    return {"limit": resource.getrlimit(resource.RLIMIT_CPU)[0], "threads": os.environ["OMP_NUM_THREADS"],
            "nice": os.nice(0), "noise": print("a library prints") or 0}
"""


@pytest.fixture
def probe(tmp_path):
    """Folder of a core that can also misbehave."""
    folder = tmp_path / "core"
    folder.mkdir()
    for path in CORE.iterdir():
        if path.name != "__pycache__":
            (folder / path.name).symlink_to(path)
    (folder / "probe.py").write_text(PROBE)
    return str(folder)


def is_running(pid):
    """Whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until_gone(pid, seconds=5.0):
    """Wait for the end of a process."""
    limit = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < limit:
        time.sleep(0.02)
    return not is_running(pid)


def problem():
    """Two series of five months, the second one with a gap."""
    return core.Problem(
        demand=np.array([[1.0, 2, 3, 4, 5], [np.nan, 0, np.nan, 2, 9]]), bucket="month", start="2024-02-01",
        horizon=3, groups=np.array([[1], [2]]), known=np.zeros((1, 8, 1)), known_names=("promotion",))


def test_a_problem_reaches_the_child_and_comes_back_unchanged(probe):
    """Arrays, dates, enums and names survive both ways."""
    back = call("probe:echo", problem(), folder=probe)
    assert isinstance(back, core.Problem)
    assert np.array_equal(back.demand, problem().demand, equal_nan=True)
    assert back.bucket is core.Bucket.MONTH
    assert back.start == np.datetime64("2024-02-01")
    assert back.known_names == ("promotion",)


def test_a_forecast_runs_in_a_child_process():
    """The front door itself, called by its function object."""
    plan = call(core.solve, problem(), core.Params(tiers=("numpy",)))
    assert plan.quantiles.shape == (2, 3, 12)


def test_refused_input_keeps_its_sentence(probe):
    """A ProblemError of the core is a ProblemError of the caller."""
    with pytest.raises(core.ProblemError, match="^The history is empty.$"):
        call("probe:refuse", folder=probe)


@pytest.mark.parametrize(("function", "args", "sentence"), [
    ("probe:fail", (), "The forecast failed: a number was odd"),
    ("probe:needs", (), "The Python package statsforecast_that_nobody_has is not installed."),
    ("probe:leave", (), "The forecast process ended unexpectedly (code 3)."),
    ("probe:die", (int(signal.SIGKILL),),
     "The forecast process was killed by the system, most likely for lack of memory."),
    ("probe:die", (int(signal.SIGSEGV),), "The forecast process crashed (SIGSEGV)."),
])
def test_every_failure_is_one_plain_sentence(probe, function, args, sentence):
    """Exceptions, missing packages and dead processes end in a sentence, the details are apart."""
    with pytest.raises(ChildError) as error:
        call(function, *args, folder=probe)
    assert str(error.value) == sentence


def test_memory_limit_stops_only_the_child(probe):
    """A child that asks for too much says so; the caller lives."""
    with pytest.raises(ChildError, match="ran out of memory"):
        call("probe:hog", folder=probe, limits=Limits(memory_mb=1500))


def test_a_task_that_takes_too_long_is_ended(probe):
    """The time limit holds for one task, and nothing is left running."""
    pids = []
    with pytest.raises(ChildError, match="did not finish within 0.8 seconds"):
        call("probe:sleep", 30, folder=probe, limits=Limits(seconds=0.8), progress=lambda *found: pids.extend(found))
    assert all(until_gone(pid) for pid in pids)


def test_cancel_ends_the_child_and_what_it_started(probe):
    """The whole process group goes, helpers included."""
    pids = []
    with pytest.raises(Cancelled, match="cancelled"):
        call("probe:sleep", 30, folder=probe, stop=lambda: len(pids) == 2, progress=lambda *found: pids.extend(found))
    assert len(pids) == 2
    assert all(until_gone(pid) for pid in pids)


def test_a_child_ends_with_its_parent(probe, tmp_path):
    """A killed worker leaves no forecast running."""
    script = tmp_path / "parent.py"
    script.write_text(textwrap.dedent(f"""
        import sys
        sys.path.insert(0, {str(Path(__file__).parents[1])!r})
        import conftest
        from gantry_forecast_core.child import call
        call("probe:sleep", 60, folder={probe!r}, progress=lambda *found: print(*found, flush=True))
    """))
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline().split()[0])
        assert is_running(pid)
        parent.kill()
    assert until_gone(pid)


def test_limits_of_the_worker_are_not_inherited(probe):
    """A worker's CPU seconds would end a long forecast; printing does not disturb the talk with the parent."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (100_000, hard))
    try:
        found = call("probe:surroundings", folder=probe, limits=Limits(threads=1, nice=5))
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
    assert found["limit"] == hard
    assert found["threads"] == "1"
    assert found["nice"] == min(os.nice(0) + 5, 19)


def test_one_child_does_several_tasks(probe):
    """The costly imports are paid once per child."""
    with Child(folder=probe) as child:
        for value in (1, "two", np.arange(3)):
            child.submit("probe:echo", (value,))
            finished = False
            while not finished:
                finished, result = child.receive()
            assert np.array_equal(result, value)


def test_only_the_core_runs_in_a_child():
    """A function of elsewhere is refused before a process is started."""
    with pytest.raises(ChildError, match="Only functions of the forecast core"):
        function_name(os.getcwd)


def test_the_core_imports_no_heavy_library():
    """A web worker that imports the core gets numpy, nothing else."""
    script = (f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r}); import conftest\n"
              "from gantry_forecast_core import child, codec, panel, panel_features, scale, statistical\n"
              "heavy = {'scipy', 'pandas', 'lightgbm', 'statsforecast', 'statsmodels', 'distributed'}\n"
              "print(heavy & set(sys.modules))")
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


values = st.recursive(
    st.none() | st.booleans() | st.integers(-2**50, 2**50) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8)


@settings(max_examples=60, deadline=None)
@given(values)
def test_plain_values_come_back_as_they_were(value):
    """The codec is an identity on what it takes."""
    assert codec.loads(codec.dumps(value)) == value


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(st.sampled_from([np.float32, np.int16, np.bool_, np.dtype("datetime64[D]")]),
                  hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)))
def test_arrays_come_back_as_they_were(array):
    """Values, type and shape, also of empty arrays and views."""
    back = codec.loads(codec.dumps({"a": array.T}))["a"]
    assert back.dtype == array.dtype
    assert np.array_equal(back, array.T, equal_nan=array.dtype.kind in "fM")


@pytest.mark.parametrize("blob", [b"", b"abc", b"\xff" * 64, codec.dumps(np.arange(100))[:-50]])
def test_damaged_bytes_are_refused(blob):
    """Half a file is not a forecast."""
    with pytest.raises(codec.CodecError, match="damaged"):
        codec.loads(blob)


def test_foreign_objects_are_refused():
    """Nothing is pickled."""
    for value in (object(), np.array([object()]), {1, 2}):
        with pytest.raises(codec.CodecError, match="cannot be sent"):
            codec.dumps(value)
