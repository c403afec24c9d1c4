package client

import (
	"encoding/json"

	"wenda/sessions"
)

// frame is anything either side says.
type frame struct {
	Type     string            `json:"type"`
	V        int               `json:"v,omitempty"`
	Token    string            `json:"token,omitempty"`
	Lang     string            `json:"lang,omitempty"`
	Session  string            `json:"session,omitempty"`
	CID      string            `json:"cid,omitempty"`
	Text     string            `json:"text,omitempty"`
	Choice   string            `json:"choice,omitempty"`
	Choices  []sessions.Choice `json:"choices,omitempty"`
	Seq      int64             `json:"seq,omitempty"`
	Prev     int64             `json:"prev,omitempty"`
	Head     int64             `json:"head,omitempty"`
	Fence    int64             `json:"fence,omitempty"`
	About    int64             `json:"about,omitempty"`
	Value    int               `json:"value,omitempty"`
	Kind     string            `json:"kind,omitempty"`
	From     sessions.Speaker  `json:"from,omitzero"`
	Votable  bool              `json:"votable,omitempty"`
	State    sessions.State    `json:"state,omitempty"`
	Mine     mine              `json:"mine,omitzero"`
	Queue    []chat            `json:"queue,omitempty"`
	Waiting  int               `json:"waiting,omitempty"`
	Code     string            `json:"code,omitempty"`
	Reason   string            `json:"reason,omitempty"`
	RetryMS  int64             `json:"retry_after_ms,omitempty"`
	AfterMS  int64             `json:"after_ms,omitempty"`
	Audience sessions.Audience `json:"audience,omitempty"`
	Move     *sessions.Move    `json:"move,omitempty"`
}

// chat is a line of a desk's list.
type chat struct {
	Session string `json:"session"`
	Fence   int64  `json:"fence"`
}

// mine is a list of the agent's own chats, or whether one is.
type mine struct {
	yes  bool
	list []chat
}

func (m *mine) UnmarshalJSON(data []byte) error {
	if data[0] == '[' {
		return json.Unmarshal(data, &m.list)
	}
	return json.Unmarshal(data, &m.yes)
}
