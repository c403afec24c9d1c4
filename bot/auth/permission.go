package auth

import "slices"

// Role is what somebody works as. An account may hold several.
type Role string

// The roles, in the order in which pages list them.
const (
	Agent      Role = "agent"      // talks with customers
	Editor     Role = "editor"     // writes entries
	Supervisor Role = "supervisor" // leads agents and editors
	Compliance Role = "compliance" // reads everything; changes only what answers must not say
	Admin      Role = "admin"      // runs the system; cannot read chats
)

// Roles are all roles, in that order.
var Roles = []Role{Agent, Editor, Supervisor, Compliance, Admin}

// Permission is one thing that may be allowed. "Own" is what the person owns now or
// what waits in their skills; "team" is what any agent owns; "all" is everything.
type Permission string

// The permissions.
const (
	ReadOwnChats     Permission = "chats.read.own" // and the queues of one's skills
	ReadTeamChats    Permission = "chats.read.team"
	ReadAllChats     Permission = "chats.read.all"
	AnswerChats      Permission = "chats.answer"    // claim; speak, note, hand back and close what one owns
	MoveTeamChats    Permission = "chats.move.team" // take over, transfer and close what others own
	RunDesk          Permission = "desk.run"        // queues, hours, calendars
	RevealOwn        Permission = "reveal.own"      // masked and sealed fields, with a reason
	RevealTeam       Permission = "reveal.team"
	RevealAll        Permission = "reveal.all"
	SuggestEntries   Permission = "entries.suggest"
	ReadEntries      Permission = "entries.read" // drafts and history
	EditEntries      Permission = "entries.edit"
	ImportEntries    Permission = "entries.import"
	PublishEntries   Permission = "entries.publish" // and roll back; of others: see MayPublish
	VetoEntries      Permission = "entries.veto"    // take a live answer back
	EditWords        Permission = "words.edit"      // what answers must not say, and where they may lead
	SeeOwnFigures    Permission = "figures.own"
	SeeTeamFigures   Permission = "figures.team"
	SeeAllFigures    Permission = "figures.all"
	RequestExport    Permission = "export.request" // of transcripts
	ApproveExport    Permission = "export.approve" // and see it unmasked
	OpenComplaints   Permission = "complaints.open"
	HandleComplaints Permission = "complaints.handle"
	CloseComplaints  Permission = "complaints.close"
	DecideErasure    Permission = "erasure.decide"
	ExecuteErasure   Permission = "erasure.execute"
	SetRetention     Permission = "retention.set" // and legal holds
	ReadTeamAudit    Permission = "audit.read.team"
	ReadAudit        Permission = "audit.read.all"
	VerifyAudit      Permission = "audit.verify"
	ReadUsers        Permission = "users.read"
	ManageUsers      Permission = "users.manage" // of others: see MayManage
	ReadConfig       Permission = "config.read"
	ChangeConfig     Permission = "config.change" // keys and limits too
)

// may is the table: the only place where a role gets a permission. Customers are
// not in it: they read and write what their token names and nothing else.
var may = map[Role][]Permission{
	Agent:  {ReadOwnChats, AnswerChats, RevealOwn, SuggestEntries, SeeOwnFigures, OpenComplaints},
	Editor: {SuggestEntries, ReadEntries, EditEntries, ImportEntries, PublishEntries, SeeOwnFigures},
	Supervisor: {ReadOwnChats, ReadTeamChats, AnswerChats, MoveTeamChats, RunDesk, RevealOwn, RevealTeam,
		SuggestEntries, ReadEntries, EditEntries, ImportEntries, PublishEntries, EditWords,
		SeeOwnFigures, SeeTeamFigures, RequestExport, OpenComplaints, HandleComplaints, ReadTeamAudit},
	Compliance: {ReadAllChats, RevealAll, ReadEntries, VetoEntries, EditWords, SeeAllFigures, ApproveExport,
		OpenComplaints, HandleComplaints, CloseComplaints, DecideErasure, SetRetention,
		ReadAudit, VerifyAudit, ReadUsers, ReadConfig},
	Admin: {RunDesk, ExecuteErasure, VerifyAudit, ReadUsers, ManageUsers, ReadConfig, ChangeConfig},
}

// May reports whether one of the user's roles has the permission. Nobody who is
// disabled may do anything, nor the zero User.
func (u User) May(p Permission) bool {
	return !u.Disabled && slices.ContainsFunc(u.Roles, func(r Role) bool { return slices.Contains(may[r], p) })
}

// MayPublish reports whether the user may publish (or approve) what author wrote.
// In a team nobody approves their own words.
func (u User) MayPublish(author string, mode Mode) bool {
	return u.May(PublishEntries) && (mode == Solo || author != u.ID)
}

// MayManage reports whether the user may change the account id. Nobody gives
// roles to themselves.
func (u User) MayManage(id string) bool { return u.May(ManageUsers) && id != u.ID }
