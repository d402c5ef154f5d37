# SPDX-License-Identifier: MIT
#
# argparse.py - command lines: positional arguments, options, help and errors.
#
# Supported  add_argument with type, default, nargs (a number, ?, *, +), choices, help, metavar,
#            dest, required and the actions store, store_true, store_false, store_const, append,
#            count, version; long options by a unique prefix and with `=`, short ones bundled or
#            with the value attached; `--` ends the options. There are no groups or subcommands.
# Positions  A run of words between two options goes to as many of the next positionals as it can
#            satisfy: each gets what it needs at least, the rest goes to the earliest that can take
#            more. A positional that has had its turn, even with nothing, gets no second one.

import sys

__all__ = ["ArgumentDefaultsHelpFormatter", "ArgumentError", "ArgumentParser", "ArgumentTypeError",
           "HelpFormatter", "Namespace", "RawDescriptionHelpFormatter", "SUPPRESS"]

SUPPRESS = "==SUPPRESS=="
_WIDTH = 78
_HELP_COLUMN = 24
_MANY = 1 << 30


class ArgumentError(Exception):
    def __init__(self, argument, message):
        Exception.__init__(self, argument, message)
        self.argument_name = argument
        self.message = message

    def __str__(self):
        if self.argument_name is None:
            return self.message
        return "argument %s: %s" % (self.argument_name, self.message)


class ArgumentTypeError(Exception):
    pass


class HelpFormatter:
    show_defaults = False
    wrap_description = True


class RawDescriptionHelpFormatter(HelpFormatter):
    wrap_description = False


class ArgumentDefaultsHelpFormatter(HelpFormatter):
    show_defaults = True


class Namespace:
    def __init__(self, **kwargs):
        for name, value in kwargs.items():
            setattr(self, name, value)

    def __repr__(self):
        return "Namespace(%s)" % ", ".join(["%s=%r" % item for item in self.__dict__.items()])

    def __eq__(self, other):
        if isinstance(other, Namespace):
            return self.__dict__ == other.__dict__
        return NotImplemented

    __hash__ = None

    def __contains__(self, name):
        return name in self.__dict__


class Action:
    # One declared argument.

    def __init__(self, flags, dest, action, nargs, const, default, type, choices, required, help,
                 metavar, version):
        self.option_strings = flags
        self.dest = dest
        self.action = action
        self.nargs = nargs
        self.const = const
        self.default = default
        self.type = type
        self.choices = choices
        self.required = required
        self.help = help
        self.metavar = metavar
        self.version = version

    def takes_value(self):
        return self.action == "store" or self.action == "append"

    def limits(self):
        # The least and the greatest number of words it takes.
        if not self.takes_value():
            return 0, 0
        if self.nargs is None:
            return 1, 1
        if self.nargs == "?":
            return 0, 1
        if self.nargs == "*":
            return 0, _MANY
        if self.nargs == "+":
            return 1, _MANY
        return self.nargs, self.nargs

    def title(self):
        if self.option_strings:
            return "/".join(self.option_strings)
        return self.metavar or self.dest

    def value_names(self):
        name = self.metavar
        if name is None:
            if self.choices is not None:
                name = "{%s}" % ",".join([str(choice) for choice in self.choices])
            else:
                name = self.dest.upper() if self.option_strings else self.dest
        if self.nargs is None:
            return name
        if self.nargs == "?":
            return "[%s]" % name
        if self.nargs == "*":
            return "[%s ...]" % name
        if self.nargs == "+":
            return "%s [%s ...]" % (name, name)
        return " ".join([name] * self.nargs)

    def usage(self):
        if not self.option_strings:
            return self.value_names()
        text = self.option_strings[0]
        if self.takes_value():
            text += " " + self.value_names()
        return text if self.required else "[%s]" % text

    def invocation(self):
        # The left column of the help.
        if not self.option_strings:
            if self.metavar is None and self.choices is None:
                return self.dest
            return self.metavar or self.value_names()
        if not self.takes_value():
            return ", ".join(self.option_strings)
        return ", ".join([flag + " " + self.value_names() for flag in self.option_strings])

    def convert(self, word):
        value = word
        if self.type is not None:
            try:
                value = self.type(word)
            except ArgumentTypeError as error:
                raise ArgumentError(self.title(), str(error)) from None
            except (TypeError, ValueError):
                name = getattr(self.type, "__name__", repr(self.type))
                raise ArgumentError(self.title(),
                                    "invalid %s value: %r" % (name, word)) from None
        if self.choices is not None and value not in self.choices:
            raise ArgumentError(self.title(), "invalid choice: %r (choose from %s)" % (
                value, ", ".join([repr(choice) for choice in self.choices])))
        return value

    def values(self, words):
        if self.nargs is None:
            return self.convert(words[0])
        if self.nargs == "?":
            if words:
                return self.convert(words[0])
            return self.const if self.option_strings else self.default_value()
        if self.nargs == "*" and not words and not self.option_strings:
            return [] if self.default is None else self.default
        return [self.convert(word) for word in words]

    def default_value(self):
        # A default that is a string is converted as a word of the command line would be.
        if isinstance(self.default, str) and self.type is not None and self.default != SUPPRESS:
            return self.convert(self.default)
        return self.default

    def apply(self, namespace, words):
        dest = self.dest
        if self.action == "store":
            setattr(namespace, dest, self.values(words))
        elif self.action == "append":
            items = list(getattr(namespace, dest, None) or [])
            items.append(self.values(words))
            setattr(namespace, dest, items)
        elif self.action == "count":
            setattr(namespace, dest, (getattr(namespace, dest, None) or 0) + 1)
        else:
            setattr(namespace, dest, self.const)


def _expected(action):
    least, most = action.limits()
    if action.nargs is None:
        return "expected one argument"
    if action.nargs == "?":
        return "expected at most one argument"
    if action.nargs == "+":
        return "expected at least one argument"
    return "expected %d argument%s" % (least, "" if least == 1 else "s")


class ArgumentParser:
    def __init__(self, prog=None, usage=None, description=None, epilog=None,
                 formatter_class=HelpFormatter, add_help=True, allow_abbrev=True):
        if prog is None:
            prog = sys.argv[0].replace("\\", "/").split("/")[-1]
        self.prog = prog
        self.usage = usage
        self.description = description
        self.epilog = epilog
        self.formatter_class = formatter_class
        self.allow_abbrev = allow_abbrev
        self._options = []
        self._positionals = []
        self._by_flag = {}
        self._defaults = {}
        if add_help:
            self.add_argument("-h", "--help", action="help",
                              help="show this help message and exit")

    def add_argument(self, *names, action="store", nargs=None, const=None, default=None, type=None,
                     choices=None, required=False, help=None, metavar=None, dest=None,
                     version=None):
        if action not in ("store", "store_true", "store_false", "store_const", "append", "count",
                          "help", "version"):
            raise ValueError("unknown action %r" % (action,))
        flags = [name for name in names if name[:1] == "-"]
        if len(flags) != len(names) or (not flags and len(names) > 1):
            if flags or len(names) > 1:
                raise ValueError("invalid option string %r: must start with a character '-'"
                                 % (names[0] if names[0][:1] != "-" else names[-1]))
        if dest is None:
            dest = names[0]
            if flags:
                long_flags = [flag for flag in flags if flag[:2] == "--"]
                dest = (long_flags + flags)[0].lstrip("-").replace("-", "_")
        if action == "store_true" or action == "store_false":
            const = action == "store_true"
            if default is None:
                default = not const
        if action == "help" or action == "version":
            default = SUPPRESS
            dest = SUPPRESS
        if action == "version" and help is None:
            help = "show program's version number and exit"
        if dest in self._defaults:
            default = self._defaults[dest]
        entry = Action(flags, dest, action, nargs, const, default, type, choices, required, help,
                       metavar, version)
        if flags:
            for flag in flags:
                if flag in self._by_flag:
                    raise ArgumentError("/".join(flags), "conflicting option string: %s" % flag)
                self._by_flag[flag] = entry
            self._options.append(entry)
        else:
            entry.required = entry.limits()[0] > 0 or (nargs == "*" and default is None)
            self._positionals.append(entry)
        return entry

    def set_defaults(self, **kwargs):
        self._defaults.update(kwargs)
        for entry in self._options + self._positionals:
            if entry.dest in kwargs:
                entry.default = kwargs[entry.dest]

    def get_default(self, dest):
        for entry in self._options + self._positionals:
            if entry.dest == dest and entry.default is not None:
                return entry.default
        return self._defaults.get(dest)

    # Parsing.

    def parse_args(self, args=None, namespace=None):
        namespace, rest = self.parse_known_args(args, namespace)
        if rest:
            self.error("unrecognized arguments: %s" % " ".join(rest))
        return namespace

    def parse_known_args(self, args=None, namespace=None):
        words = list(sys.argv[1:] if args is None else args)
        if namespace is None:
            namespace = Namespace()
        try:
            rest = self._parse(words, namespace)
        except ArgumentError as error:
            self.error(str(error))
        return namespace, rest

    def _parse(self, words, namespace):
        for entry in self._options + self._positionals:
            if entry.dest != SUPPRESS and entry.default != SUPPRESS:
                if not hasattr(namespace, entry.dest):
                    setattr(namespace, entry.dest, entry.default)
        for name, value in self._defaults.items():
            if not hasattr(namespace, name):
                setattr(namespace, name, value)
        seen = []
        run = []
        rest = []
        waiting = list(self._positionals)
        i = 0
        while i < len(words):
            word = words[i]
            i += 1
            if word == "--":
                run.extend(words[i:])
                break
            if not self._looks_like_option(word):
                run.append(word)
                continue
            if run:
                self._deal_out(run, waiting, rest, seen, namespace)
                run = []
            entry, value, bundled = self._find_option(word)
            if entry is None:
                rest.append(word)
                continue
            seen.append(entry)
            if bundled:
                # -vx: the first letter is done, the others are looked at as a word of their own.
                words.insert(i, "-" + value)
                value = None
            i = self._take_option(entry, word, value, words, i, namespace)
        self._deal_out(run, waiting, rest, seen, namespace)
        self._finish(seen, namespace)
        return rest

    def _looks_like_option(self, word):
        if word[:1] != "-" or word == "-":
            return False
        if word in self._by_flag:
            return True
        if _is_negative_number(word):
            # A number is an option only where the parser has options that look like numbers.
            return any([_is_negative_number(flag) for flag in self._by_flag])
        return " " not in word

    def _find_option(self, word):
        # The option, its attached value or None, and whether that value is more short options.
        if word in self._by_flag:
            return self._by_flag[word], None, False
        name, equals, value = word.partition("=")
        if equals and name in self._by_flag:
            return self._by_flag[name], value, False
        if word[:2] == "--":
            matches = []
            if self.allow_abbrev:
                matches = [flag for flag in self._by_flag if flag.startswith(name)]
            if len(matches) > 1:
                raise ArgumentError(None, "ambiguous option: %s could match %s" % (
                    word, ", ".join(matches)))
            if matches:
                return self._by_flag[matches[0]], value if equals else None, False
            return None, None, False
        if word[:2] in self._by_flag:
            entry = self._by_flag[word[:2]]
            return entry, word[2:], not entry.takes_value()
        return None, None, False

    def _take_option(self, entry, word, value, words, i, namespace):
        if entry.action == "help":
            self.print_help()
            self.exit()
        if entry.action == "version":
            print(entry.version.replace("%(prog)s", self.prog))
            self.exit()
        least, most = entry.limits()
        if value is not None:
            if most == 0:
                raise ArgumentError(entry.title(), "ignored explicit argument %r" % value)
            if least > 1:
                raise ArgumentError(entry.title(), _expected(entry))
            taken = [value]
        else:
            taken = []
            while i < len(words) and len(taken) < most and words[i] != "--" \
                    and not self._looks_like_option(words[i]):
                taken.append(words[i])
                i += 1
            if len(taken) < least:
                raise ArgumentError(entry.title(), _expected(entry))
        entry.apply(namespace, taken)
        return i

    def _deal_out(self, run, waiting, rest, seen, namespace):
        turn = []
        needed = 0
        for entry in waiting:
            least = entry.limits()[0]
            if needed + least > len(run):
                break
            needed += least
            turn.append(entry)
        del waiting[:len(turn)]
        start = 0
        for entry in turn:
            least, most = entry.limits()
            needed -= least
            size = min(most, len(run) - start - needed)
            seen.append(entry)
            entry.apply(namespace, run[start:start + size])
            start += size
        rest.extend(run[start:])

    def _finish(self, seen, namespace):
        missing = []
        for entry in self._positionals + self._options:
            if entry in seen or entry.dest == SUPPRESS:
                continue
            if entry.required:
                missing.append(entry.title())
            elif isinstance(entry.default, str) and getattr(namespace, entry.dest,
                                                            None) is entry.default:
                setattr(namespace, entry.dest, entry.default_value())
        if missing:
            raise ArgumentError(None, "the following arguments are required: %s"
                                % ", ".join(missing))

    # Messages.

    def format_usage(self):
        if self.usage is not None:
            return "usage: %s\n" % self.usage.replace("%(prog)s", self.prog)
        start = "usage: " + self.prog
        options = [entry.usage() for entry in self._options if entry.help != SUPPRESS]
        positionals = [entry.usage() for entry in self._positionals if entry.help != SUPPRESS]
        line = " ".join([start] + options + positionals)
        if len(line) <= _WIDTH:
            return line + "\n"
        # Too long for one line: options and positionals each fill lines of their own.
        indent = " " * (len(start) + 1)
        if not options:
            return _filled(start, positionals, indent)
        text = _filled(start, options, indent)
        if positionals:
            text += _filled(indent[1:], positionals, indent)
        return text

    def format_help(self):
        text = self.format_usage()
        if self.description:
            text += "\n" + self._paragraph(self.description)
        positionals = [entry for entry in self._positionals if entry.help != SUPPRESS]
        options = [entry for entry in self._options if entry.help != SUPPRESS]
        column = 0
        for entry in positionals + options:
            column = max(column, len(entry.invocation()) + 4)
        column = min(column, _HELP_COLUMN)
        if positionals:
            text += "\npositional arguments:\n" + self._table(positionals, column)
        if options:
            text += "\noptions:\n" + self._table(options, column)
        if self.epilog:
            text += "\n" + self._paragraph(self.epilog)
        return text

    def _paragraph(self, text):
        text = text.replace("%(prog)s", self.prog)
        if not self.formatter_class.wrap_description:
            return text.rstrip("\n") + "\n"
        return "\n".join(_wrapped(text, _WIDTH)) + "\n"

    def _table(self, entries, column):
        text = ""
        for entry in entries:
            left = "  " + entry.invocation()
            help = self._help_of(entry)
            if not help:
                text += left + "\n"
                continue
            lines = _wrapped(help, _WIDTH - column)
            if len(left) + 2 <= column:
                text += left + " " * (column - len(left)) + lines[0] + "\n"
                lines = lines[1:]
            else:
                text += left + "\n"
            for line in lines:
                text += " " * column + line + "\n"
        return text

    def _help_of(self, entry):
        help = entry.help or ""
        if self.formatter_class.show_defaults and "%(default)" not in help and help:
            if entry.default is not None and entry.default != SUPPRESS:
                help += " (default: %(default)s)"
        if "%(" in help:
            values = {"prog": self.prog, "default": entry.default, "dest": entry.dest,
                      "metavar": entry.metavar, "const": entry.const,
                      "type": getattr(entry.type, "__name__", entry.type),
                      "choices": ", ".join([str(c) for c in entry.choices or ()])}
            help = help % values
        return help

    def print_usage(self, file=None):
        (file or sys.stdout).write(self.format_usage())

    def print_help(self, file=None):
        (file or sys.stdout).write(self.format_help())

    def exit(self, status=0, message=None):
        if message:
            sys.stderr.write(message)
        sys.exit(status)

    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(2, "%s: error: %s\n" % (self.prog, message))


def _is_negative_number(word):
    digits = word[1:].replace(".", "", 1)
    return word[:1] == "-" and digits.isdigit()


def _filled(line, parts, indent):
    text = ""
    first = True
    for part in parts:
        if not first and len(line) + 1 + len(part) > _WIDTH:
            text += line + "\n"
            line = indent + part
        else:
            line += " " + part
        first = False
    return text + line + "\n"


def _wrapped(text, width):
    lines = []
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = line + " " + word if line else word
    lines.append(line)
    return lines
