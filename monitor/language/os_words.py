"""What the operating system says, in sentences with a next step: nobody is left with an errno."""

from __future__ import annotations

import errno

from monitor.language import gettext as _

_FULL = _("The disk is full")
_DOCTOR = _("Look who owns it; `fairreview doctor` shows what is open to whom.")
_WORDS: dict[int, tuple[str, str]] = {
    errno.ENOSPC: (_FULL, _("Free space, then run the command again. Nothing that was stored is lost.")),
    errno.EDQUOT: (_("Your share of the disk is used up"), _("Free space, then run the command again.")),
    errno.EACCES: (
        _("This user may not do that there"),
        _("Look who owns it; `fairreview doctor` shows what is open to whom."),
    ),
    errno.EPERM: (
        _("This user may not do that there"),
        _("Look who owns it; `fairreview doctor` shows what is open to whom."),
    ),
    errno.EROFS: (_("The disk can only be read"), _("Choose another folder, or mount it for writing.")),
    errno.ENOENT: (_("It is not there"), _("Look at the name, then run the command again.")),
    errno.EEXIST: (_("It is there already"), _("Choose another name.")),
    errno.EISDIR: (_("It is a folder, and a file is needed"), _("Name a file.")),
    errno.ENOTDIR: (_("A file stands where a folder is needed"), _("Choose another path.")),
    errno.ENAMETOOLONG: (_("The name is too long for this disk"), _("Choose a shorter one.")),
    errno.EMFILE: (_("Too many files are open"), _("Close other programs, then run the command again.")),
    errno.ENOMEM: (_("The memory is used up"), _("Close other programs, then run the command again.")),
    errno.EIO: (
        _("The disk cannot be read or written"),
        _("Look after the disk first; then `fairreview doctor`."),
    ),
    errno.EADDRINUSE: (_("Another program uses this port"), _("Choose another one, or end the other program.")),
    errno.ECONNREFUSED: (_("Nobody answers there"), _("Look whether it runs, then run the command again.")),
    errno.ETIMEDOUT: (_("No answer came in time"), _("Check the connection, then run the command again.")),
    errno.EBUSY: (
        _("Another program has it open"),
        _("Close it there (an antivirus lets go by itself), then run it again."),
    ),
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
        said, hint = (
            _("The operating system says: {plain}").format(plain=plain),
            _("`fairreview doctor` looks over the machine."),
        )
    return (f"{error.filename}: {said}" if error.filename else f"{said}.", hint)
