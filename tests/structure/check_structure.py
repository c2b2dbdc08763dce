#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the rules of docs/architecture.md that no compiler checks: which layer includes which, which
libraries it uses, what its meson.build asks for; and of every source file its licence and length.

Usage: check_structure.py ROOT. Prints one line for each thing that is wrong; exit code 1 if any is.
"""
import os
import re
import sys

MAX_LINES = 1000

# Each layer: its folder, the layers and the libraries that it may use. A layer's files are those in
# its folder and below, but not in the folder of another layer.
LAYERS = {
    'wire': ('workloads/wire', set(), set()),
    'broker': ('workloads/broker', {'wire'}, {'glib', 'gio', 'json', 'hiredis'}),
    'workloads': ('workloads', {'wire', 'broker'}, {'glib', 'gio', 'json'}),
    'model': ('model', {'wire'}, {'glib', 'gio', 'json', 'libgtop'}),
    'plot': ('widgets/plot', {'model'}, {'glib', 'gio', 'cairo', 'pangocairo'}),
    'widgets': ('widgets', {'plot', 'model'},
                {'glib', 'gio', 'cairo', 'pangocairo', 'gtk', 'adwaita'}),
    'cli': ('app/cli', {'plot', 'model', 'broker'}, {'glib', 'gio', 'json', 'cairo', 'pangocairo'}),
    'app': ('app', {'widgets', 'plot', 'model'},
            {'glib', 'gio', 'json', 'cairo', 'pangocairo', 'gtk', 'adwaita'}),
}

# Headers in <angle brackets>, by the library they belong to.
LIBRARY_HEADERS = [
    ('glib', r'glib\.h|glib-unix\.h|glib-object\.h|glib/.*|gobject/.*|gmodule\.h'),
    ('gio', r'gio/.*'),
    ('json', r'json-glib/.*'),
    ('libgtop', r'glibtop\.h|glibtop/.*'),
    ('cairo', r'cairo[a-z-]*\.h'),
    ('pangocairo', r'pango/.*'),
    ('gtk', r'gtk/.*|gdk/.*|gsk/.*|graphene\.h|gdk-pixbuf/.*'),
    ('adwaita', r'adwaita\.h'),
    ('hiredis', r'hiredis/.*'),
    ('libc', r'(sys|linux|asm|arpa|net|netinet|bits)/.*|(aio|assert|complex|cpuid|ctype|dirent|dlfcn'
             r'|elf|endian|err|errno|fcntl|features|fenv|float|ftw|getopt|glob|grp|inttypes|libgen'
             r'|limits|link|locale|malloc|math|memory|mqueue|netdb|poll|pthread|pwd|regex|sched'
             r'|semaphore|setjmp|signal|spawn|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio'
             r'|stdlib|stdnoreturn|string|strings|syscall|syslog|termios|threads|time|uchar|ucontext'
             r'|unistd|utime|wchar|wctype|x86intrin|immintrin)\.h'),
]

# What any layer may ask for.
COMMON_LIBRARIES = {'libc', 'threads', 'math'}
LIBRARIES = {name for name, _ in LIBRARY_HEADERS} | COMMON_LIBRARIES

# Folders whose files are looked at.
FOLDERS = ['workloads', 'model', 'widgets', 'app', 'data', 'tests', 'scripts', '.ci', 'flatpak']
LICENSED = ('.c', '.h', '.inc', '.py', '.sh', '.ui', '.css', 'meson.build', 'meson_options.txt')

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(.*?)[ \t]*$', re.MULTILINE)


def source_files(root):
    """All files of the project that people write, as paths relative to root."""
    found = [name for name in sorted(os.listdir(root)) if os.path.isfile(os.path.join(root, name))]
    for top in FOLDERS:
        for folder, folders, files in os.walk(os.path.join(root, top)):
            folders[:] = sorted(f for f in folders if f != '__pycache__')
            found += [os.path.relpath(os.path.join(folder, name), root) for name in sorted(files)]
    return found


def layer_of(path):
    """The layer that a file belongs to, or None. The longest folder wins."""
    best = None
    for name, (folder, _, _) in LAYERS.items():
        if path.startswith(folder + '/') and (best is None or len(folder) > len(LAYERS[best][0])):
            best = name
    return best


def read(root, path):
    with open(os.path.join(root, path), encoding='utf-8', errors='replace') as file:
        return file.read()


def without_comments(text):
    return re.sub(r'/\*.*?\*/', lambda match: '\n' * match.group().count('\n'), text, flags=re.DOTALL)


def library_of(header):
    for name, pattern in LIBRARY_HEADERS:
        if re.fullmatch(pattern, header):
            return name
    return None


class Checker:
    def __init__(self, root):
        self.root = root
        self.files = source_files(root)
        self.problems = []
        self.headers = {}  # base name: paths
        for path in self.files:
            if path.endswith('.h'):
                self.headers.setdefault(os.path.basename(path), []).append(path)
        self.meson_text = '\n'.join(read(root, p) for p in self.files if p.endswith('meson.build'))

    def report(self, path, line, text):
        self.problems.append(f'{path}:{line}: {text}' if line else f'{path}: {text}')

    def find_header(self, path, name):
        """The header of the project that `#include "name"` in the file path means, or None."""
        beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
        if os.path.isfile(os.path.join(self.root, beside)):
            return beside
        for candidate in self.headers.get(os.path.basename(name), []):
            if ('/' + candidate).endswith('/' + os.path.normpath(name).lstrip('./')):
                return candidate
        return None

    def check_include(self, path, line, layer, what):
        _, layers, libraries = LAYERS[layer]
        if what.startswith('<') and what.endswith('>'):
            library = library_of(what[1:-1])
            if library is None:
                self.report(path, line, f'{what} belongs to no library known here; '
                                        f'add it to {os.path.basename(__file__)}')
            elif library not in libraries | COMMON_LIBRARIES:
                self.report(path, line, f'{layer} may not include {what} ({library})')
        elif what.startswith('"') and what.endswith('"'):
            header = self.find_header(path, what[1:-1])
            if header is None:
                # A header that the build makes is named in a meson.build, perhaps without its ending.
                if os.path.basename(what[1:-1]).removesuffix('.h') not in self.meson_text:
                    self.report(path, line, f'{what} is not a header of the project')
                return
            other = layer_of(header)
            if other != layer and other not in layers:
                self.report(path, line, f'{layer} may not include {what} ({other or header})')
        else:
            self.report(path, line, f'#include {what} does not name a file')

    def check_includes(self, path):
        layer = layer_of(path)
        if layer is None or not path.endswith(('.c', '.h')):
            return
        text = without_comments(read(self.root, path))
        for match in INCLUDE.finditer(text):
            self.check_include(path, text.count('\n', 0, match.start()) + 1, layer, match.group(1))

    def check_meson(self, path):
        layer = layer_of(path)
        if layer is None or os.path.basename(path) != 'meson.build':
            return
        _, layers, libraries = LAYERS[layer]
        text = re.sub(r'#.*', '', read(self.root, path))
        for match in re.finditer(r'\b(\w+)_dep\b', text):
            name = match.group(1)
            line = text.count('\n', 0, match.start()) + 1
            if name == layer or name in layers or name in libraries | COMMON_LIBRARIES:
                continue
            if name in LAYERS or name in LIBRARIES:
                self.report(path, line, f'{layer} may not depend on {name}_dep')
            elif not re.search(rf'\b{name}_dep\s*=', text):
                self.report(path, line, f'{name}_dep is no dependency known here')
        for match in re.finditer(r'\binclude_directories\s*\(([^)]*)\)', text):
            if '..' in match.group(1) or '/' in match.group(1):
                self.report(path, text.count('\n', 0, match.start()) + 1,
                            'include_directories() may only name the layer\'s own folder')
        for match in re.finditer(r'\bdeclare_dependency\s*\(', text):
            call = self.call_at(text, match.end())
            for name in re.findall(r'\b(\w+)_dep\b', call):
                if name in LAYERS:
                    self.report(path, text.count('\n', 0, match.start()) + 1,
                                f'{layer} may not pass {name}_dep on to those who use it')

    @staticmethod
    def call_at(text, start):
        depth = 1
        for end in range(start, len(text)):
            depth += {'(': 1, ')': -1}.get(text[end], 0)
            if depth == 0:
                return text[start:end]
        return text[start:]

    def check_file(self, path):
        full = os.path.join(self.root, path)
        with open(full, 'rb') as file:
            is_script = file.read(2) == b'#!'
        if not (path.endswith(LICENSED) or is_script):
            return
        text = read(self.root, path)
        lines = text.splitlines()
        if not any('SPDX-License-Identifier: ' in line for line in lines[:4]):
            self.report(path, 0, 'no SPDX-License-Identifier in its first lines')
        if path.endswith('.h') and not re.search(r'^#pragma once$', text, re.MULTILINE):
            self.report(path, 0, 'a header without #pragma once')
        if len(lines) > MAX_LINES:
            self.report(path, 0, f'{len(lines)} lines, more than {MAX_LINES}: look for the second type inside')

    def check(self):
        for path in self.files:
            self.check_file(path)
            self.check_includes(path)
            self.check_meson(path)
        return self.problems


def main():
    if len(sys.argv) != 2 or not os.path.isfile(os.path.join(sys.argv[1], 'meson.build')):
        print(__doc__, file=sys.stderr)
        return 2
    checker = Checker(sys.argv[1])
    problems = checker.check()
    for problem in problems:
        print(problem)
    print(f'{len(checker.files)} files, {len(problems)} problems')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
