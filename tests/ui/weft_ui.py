# SPDX-License-Identifier: GPL-3.0-or-later
"""The real window on a display and a bus of its own, driven over the accessibility bus.

A test module calls main(): it runs dbus-run-session, which starts it again, so that nothing of the
session of whoever runs the tests is touched; then it brings up an X server on a display number that
the server itself chooses.
"""

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import atspi

WEFT = os.environ.get("WEFT_TEST_PROGRAM", "")
# How many times as long it takes to look at all of the window.
SLOWNESS = 4 if "ASAN_OPTIONS" in os.environ else 1
INSIDE = "WEFT_TEST_INSIDE"
# Long enough for the slowest machine and for sanitizers; nothing waits for it when all is well.
PATIENCE_S = 60
BUTTONS = ("push button", "toggle button")
LISTS = ("list", "list box", "table")
FIELDS = ("spin button", "text", "entry", "combo box")
CHARTS = ("image", "graphic", "chart", "canvas", "panel", "grouping", "group", "filler")


def wait_for(condition, what, seconds=PATIENCE_S):
    """What `condition` returns as soon as it is true; fails after some time, naming `what`."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("waited %d s in vain for %s" % (seconds, what))
        time.sleep(0.1)


def read_stat(pid):
    """The fields of /proc/PID/stat after the name: state, parent …; None when it is gone."""
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()
    except OSError:
        return None


def is_alive(pid):
    fields = read_stat(pid)
    return fields is not None and fields[0] != "Z"


def descendants(root):
    """The pids of all live descendants of process `root`; zombies do not count."""
    parents = {}
    for entry in os.listdir("/proc"):
        fields = read_stat(int(entry)) if entry.isdigit() else None
        if fields is not None and fields[0] != "Z":
            parents[int(entry)] = int(fields[1])
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found[1:]


def die_with_parent():
    """Ends this process when the one that started it ends."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Window:
    """A running weft, as a screen reader sees it. `size`: None leaves it the one it comes with."""

    def __init__(self, *arguments, size=(1280, 800)):
        self.log = tempfile.TemporaryFile()
        self.bus = atspi.Bus()
        environment = dict(os.environ, GTK_A11Y="atspi", GDK_BACKEND="x11", G_DEBUG="fatal-warnings")
        self.process = subprocess.Popen([WEFT, *arguments], env=environment, stdout=self.log, stderr=self.log,
                                        preexec_fn=die_with_parent)
        try:
            self.root = wait_for(self._find_root, "the window on the accessibility bus")
            self.xid = wait_for(self._find_xid, "the window on the display")
            if size is not None:
                self.resize(*size)
            self.take_focus()
        except BaseException:
            print(self.output(), file=sys.stderr)
            self.end()
            raise

    def _find_root(self):
        assert self.process.poll() is None, "weft ended: %s" % self.output()
        return self.bus.find_application(self.process.pid)

    def _find_xid(self):
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)],
                               capture_output=True, text=True, check=False)
        return found.stdout.split()[-1] if found.stdout.split() else None

    def resize(self, width, height):
        subprocess.run(["xdotool", "windowsize", self.xid, str(width), str(height)], check=True)

    def size(self):
        shell = subprocess.run(["xdotool", "getwindowgeometry", "--shell", self.xid], capture_output=True,
                               text=True, check=True).stdout
        fields = dict(line.split("=") for line in shell.split())
        return int(fields["WIDTH"]), int(fields["HEIGHT"])

    def take_focus(self):
        """There is no window manager to give it back after a dialog."""
        subprocess.run(["xdotool", "windowfocus", "--sync", self.xid], check=True)

    def quit(self):
        self.keys("ctrl+q")
        assert self.process.wait(PATIENCE_S) == 0, self.output()

    def output(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def end(self):
        """Ends it, however it stands; nothing of it may be left."""
        if "ASAN_OPTIONS" in os.environ and self.process.poll() is None:
            # At an ordinary end the leak sanitizer looks for what was not freed.
            self.process.terminate()
            try:
                self.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                pass
        family = [self.process.pid] + descendants(self.process.pid)
        for pid in family:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        self.log.close()

    # What there is.

    def read(self):
        """All nodes of the window, top down."""
        assert self.process.poll() is None, "weft ended: %s" % self.output()
        return list(self.bus.read(self.root).walk())

    def look(self, name, roles):
        """What is called `name` and has one of `roles`, or None."""
        for node in self.read():
            if node.name == name and node.role in roles:
                return node
        return None

    def find(self, name, roles):
        return wait_for(lambda: self.look(name, roles), '%s "%s"' % (" or ".join(roles), name))

    def labels(self):
        return [node.name for node in self.read() if node.role == "label"]

    def has_label(self, beginning="", end=""):
        return any(text.startswith(beginning) and text.endswith(end) for text in self.labels())

    def title(self):
        return "".join(node.name for node in self.read() if node.role == "frame")

    def field(self, name):
        return self.find(name, FIELDS)

    # What can be done.

    def press(self, name, roles=BUTTONS):
        assert self.find(name, roles).press(), "%s cannot be pressed" % name

    def choose(self, title):
        """Selects the workload `title`, as a screen reader does."""
        rows = self.find("Workloads", LISTS)
        titles = [row.name for row in rows.children]
        assert rows.select(titles.index(title)), "%s cannot be selected" % title
        wait_for(lambda: title in self.title(), "the workload to open")

    def type(self, name, text):
        """Puts `text` into the field `name`, in the place of what is in it."""
        assert self.field(name).set_text(text), "%s cannot be edited" % name

    def focus(self, name):
        """Moves the keyboard's focus to the field `name`, as a person without a mouse does."""
        for _ in range(40):
            if self.field(name).has_state("FOCUSED"):
                return
            self.keys("Tab")
            time.sleep(0.1)
        raise AssertionError("%s is not reached by Tab" % name)

    def keys(self, *keys):
        subprocess.run(["xdotool", "key", *keys], check=True)

    def place(self, node):
        """x, y, width and height of a node, in pixels of the window.

        A version of GTK may count the window's border or not, or twice; so all is measured from what is
        within the border, which is as wide on each side.
        """
        nodes = self.read()
        frame = next(i for i, it in enumerate(nodes) if it.role == "frame")
        left, top, inner_width, inner_height = nodes[frame + 1].read_extents()
        size = subprocess.run(["xdotool", "getwindowgeometry", "--shell", self.xid],
                              capture_output=True, text=True, check=True).stdout
        outer_width, outer_height = (int(re.search(name + r"=(\d+)", size).group(1)) for name in ("WIDTH", "HEIGHT"))
        x, y, width, height = node.read_extents()
        return (x - left + (outer_width - inner_width) // 2, y - top + (outer_height - inner_height) // 2,
                width, height)

    def drag(self, x, y, by):
        """Drags what is at (x, y) of the window down by so many pixels, in steps, as a hand does."""
        def move(to):
            subprocess.run(["xdotool", "mousemove", "--window", self.xid, str(x), str(to)], check=True)
            time.sleep(0.1)

        move(y)
        subprocess.run(["xdotool", "mousedown", "1"], check=True)
        for step in range(1, 6):
            move(y + by * step // 5)
        subprocess.run(["xdotool", "mouseup", "1"], check=True)

    def value(self, name):
        return self.field(name).read_value()

    def picture(self):
        """The colours of the window's pixels, and how many pixels have each."""
        out = subprocess.run(["import", "-silent", "-window", self.xid, "-depth", "8", "rgb:-"],
                             capture_output=True, check=True).stdout
        colours = {}
        for i in range(0, len(out), 3):
            colour = out[i:i + 3]
            colours[colour] = colours.get(colour, 0) + 1
        return colours


class TestCase(unittest.TestCase):
    def start(self, *arguments, **size):
        window = Window(*arguments, **size)
        self.addCleanup(window.end)
        return window


def start_display():
    """Starts an X server, which chooses a free number itself, and sets DISPLAY."""
    reading, writing = os.pipe()
    subprocess.Popen(["Xvfb", "-displayfd", str(writing), "-screen", "0", "3840x2160x24", "-nolisten", "tcp",
                      "-noreset"],
                     pass_fds=[writing], stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)
    os.close(writing)
    with os.fdopen(reading) as numbers:
        os.environ["DISPLAY"] = ":" + numbers.readline().strip()


def main():
    if INSIDE not in os.environ:
        for program in ("dbus-run-session", "Xvfb", "xdotool", "import"):
            if shutil.which(program) is None:
                sys.exit("%s is missing: scripts/dependencies installs it" % program)
        # A warning is to end weft, not the services of the accessibility bus.
        for name in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS", "G_DEBUG"):
            os.environ.pop(name, None)
        os.environ[INSIDE] = "1"
        # Set out here, because the session's bus starts the accessibility bus, whose socket lies below
        # them: with those of the user, sessions at one time would take it from each other.
        with tempfile.TemporaryDirectory(prefix="weft-ui-") as home:
            for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
                os.environ[name] = home
            sys.exit(subprocess.run(["dbus-run-session", "--", sys.executable, *sys.argv], check=False,
                                    preexec_fn=die_with_parent).returncode)
    die_with_parent()
    start_display()
    unittest.main(verbosity=2)
