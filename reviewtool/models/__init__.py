"""Tables, one noun a file. Rules, sessions, Flask and Git are unknown here; enumerated columns hold the values of
`rules` as text, so that this package does not import them.
"""

from __future__ import annotations

from reviewtool.models.absence import Absence
from reviewtool.models.attachment import Attachment, AttachmentData
from reviewtool.models.ballot import Ballot, ExtensionRequest, Objection, Opinion, Vote
from reviewtool.models.factor import CodeApp, FactorChange, FactorRule, Passkey, RecoveryCode, UsedChallenge
from reviewtool.models.follow_up import FollowUp
from reviewtool.models.identity import Departure, Identity
from reviewtool.models.inspection import Inspection
from reviewtool.models.installation import Installation, RuleSet, WorkingCalendar
from reviewtool.models.invitation import Invitation
from reviewtool.models.mail_reply import MailReply
from reviewtool.models.merge import Edition, Merge, RefMove
from reviewtool.models.notice import Notice, NoticeChoice
from reviewtool.models.person import Person, RoleTerm, Seat, SeatHolding
from reviewtool.models.private_note import PrivateNote
from reviewtool.models.proposal import Draft, DraftFile, Event, LastRead, Proposal, Revision, Touch
from reviewtool.models.sign_in import SignIn
from reviewtool.models.sign_in_failure import SignInFailure
from reviewtool.models.thread import Comment, CommentEdit, Mention, Suggestion, Thread
from reviewtool.models.withdrawal import Withdrawal
from reviewtool.models.word_upload import WaitingFile, WaitingRemark, WordUpload

__all__ = [
    "Absence",
    "Attachment",
    "AttachmentData",
    "Ballot",
    "CodeApp",
    "Comment",
    "CommentEdit",
    "Departure",
    "Draft",
    "DraftFile",
    "Edition",
    "Event",
    "ExtensionRequest",
    "FactorChange",
    "FactorRule",
    "FollowUp",
    "Identity",
    "Inspection",
    "Installation",
    "Invitation",
    "LastRead",
    "MailReply",
    "Mention",
    "Merge",
    "Notice",
    "NoticeChoice",
    "Objection",
    "Opinion",
    "Passkey",
    "Person",
    "PrivateNote",
    "Proposal",
    "RecoveryCode",
    "RefMove",
    "Revision",
    "RoleTerm",
    "RuleSet",
    "Seat",
    "SeatHolding",
    "SignIn",
    "SignInFailure",
    "Suggestion",
    "Thread",
    "Touch",
    "UsedChallenge",
    "Vote",
    "WaitingFile",
    "WaitingRemark",
    "Withdrawal",
    "WordUpload",
    "WorkingCalendar",
]
