"""What the operating system says, in sentences with a next step: nobody is left with an errno."""

from __future__ import annotations

import errno

_FULL = "The disk is full"
_DOCTOR = "Look who owns it; `fairreview doctor` shows what is open to whom."
_WORDS: dict[int, tuple[str, str]] = {
    errno.ENOSPC: (_FULL, "Free space, then run the command again. Nothing that was stored is lost."),
    errno.EDQUOT: ("Your share of the disk is used up", "Free space, then run the command again."),
    errno.EACCES: (
        "This user may not do that there",
        "Look who owns it; `fairreview doctor` shows what is open to whom.",
    ),
    errno.EPERM: (
        "This user may not do that there",
        "Look who owns it; `fairreview doctor` shows what is open to whom.",
    ),
    errno.EROFS: ("The disk can only be read", "Choose another folder, or mount it for writing."),
    errno.ENOENT: ("It is not there", "Look at the name, then run the command again."),
    errno.EEXIST: ("It is there already", "Choose another name."),
    errno.EISDIR: ("It is a folder, and a file is needed", "Name a file."),
    errno.ENOTDIR: ("A file stands where a folder is needed", "Choose another path."),
    errno.ENAMETOOLONG: ("The name is too long for this disk", "Choose a shorter one."),
    errno.EMFILE: ("Too many files are open", "Close other programs, then run the command again."),
    errno.ENOMEM: ("The memory is used up", "Close other programs, then run the command again."),
    errno.EIO: (
        "The disk cannot be read or written",
        "Look after the disk first; then `fairreview doctor`.",
    ),
    errno.EADDRINUSE: ("Another program uses this port", "Choose another one, or end the other program."),
    errno.ECONNREFUSED: ("Nobody answers there", "Look whether it runs, then run the command again."),
    errno.ETIMEDOUT: ("No answer came in time", "Check the connection, then run the command again."),
    errno.EBUSY: ("Another program has it open", "Close it there (an antivirus lets go by itself), then run it again."),
}
_USED_ELSEWHERE = 32  # Windows: ERROR_SHARING_VIOLATION, which Python reports as EACCES


def is_disk_full(error: BaseException) -> bool:
    """Whether an error says that there is no room left."""
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}


def tell_os_error(error: OSError) -> tuple[str, str]:
    """Returns what happened, with the file where there is one, and the next step."""
    code = errno.EBUSY if getattr(error, "winerror", None) == _USED_ELSEWHERE else error.errno
    said, hint = _WORDS.get(code or 0, ("", ""))
    if not said:
        plain = error.strerror or str(error) or type(error).__name__
        said, hint = f"The operating system says: {plain}", "`fairreview doctor` looks over the machine."
    return (f"{error.filename}: {said}" if error.filename else f"{said}.", hint)
