"""Runs the test cases of a file, and tells of each as GoogleTest does, which tests/support/summarize-tests reads.

A file ends with `runner.main()`. Arguments are patterns of case names: `tests/system/debian_test.py '*Usb*'`.
"""

import contextlib
import fnmatch
import signal
import sys
import time
import traceback
import unittest

from guests.packages import Unavailable

SKIPPED = 77  # exit status by which Meson knows that nothing has run


class _Told(unittest.TestResult):
    """Prints as it goes: what was printed before a crash or the end of time counts."""

    told = None  # the last error, which may be that of a whole class

    def startTest(self, test):
        super().startTest(test)
        self.started = time.monotonic()
        self.bad = False
        print(f"[ RUN      ] {name_of(test)}", flush=True)

    def _end(self, mark, test):
        milliseconds = (time.monotonic() - self.started) * 1000
        print(f"[{mark:^10}] {name_of(test)} ({milliseconds:.0f} ms)", flush=True)

    def addSuccess(self, test):
        self._end("       OK ", test)

    def _add_bad(self, test, error):
        if error[1] is self.told:
            print("for the same reason", flush=True)
        else:
            print("".join(traceback.format_exception(*error)), flush=True)
        self.told = error[1]
        if not self.bad:
            self._end("  FAILED  ", test)
        self.bad = True

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._add_bad(test, err)

    def addError(self, test, err):
        if issubclass(err[0], Unavailable):
            return self.addSkip(test, str(err[1]))
        super().addError(test, err)
        return self._add_bad(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.addFailure(test, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        if isinstance(test, unittest.TestCase):
            print(f"{reason}", flush=True)
            self._end("  SKIPPED ", test)


def name_of(test):
    """Suite.Case, without the test_ that unittest needs."""
    return f"{type(test).__name__}.{test._testMethodName.removeprefix('test_')}"


def _cases(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _cases(test)
        else:
            yield test


def _run_class(cases, result):
    """All cases of one class, between its setUpClass and tearDownClass; without what it needs, none."""
    kind = type(cases[0])
    try:
        kind.setUpClass()
    except Exception:  # pylint: disable=broad-except  # whatever it is, each case has to tell
        kind.doClassCleanups()
        for case in cases:
            result.startTest(case)
            result.addError(case, sys.exc_info())
            result.stopTest(case)
        return
    try:
        for case in cases:
            case.run(result)
    finally:
        with contextlib.ExitStack() as stack:
            stack.callback(kind.doClassCleanups)
            kind.tearDownClass()


def main():
    # Meson's, when the time is up: what a guest has left, goes with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    loaded = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    patterns = sys.argv[1:] or ["*"]
    by_class = {}
    for case in _cases(loaded):
        if any(fnmatch.fnmatchcase(name_of(case), pattern) for pattern in patterns):
            by_class.setdefault(type(case), []).append(case)
    result = _Told()
    for cases in by_class.values():
        _run_class(cases, result)
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun} cases, {bad} bad, {len(result.skipped)} skipped", flush=True)
    if bad or not result.testsRun:
        sys.exit(1)
    sys.exit(SKIPPED if len(result.skipped) == result.testsRun else 0)
