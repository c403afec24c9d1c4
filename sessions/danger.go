package sessions

import "slices"

// Danger is something that the customer said to people, or while they waited for them, and
// that those who lead must hear of.
type Danger struct {
	Kind    string `json:"kind"`    // a code: harm, threat, fraud
	Segment int64  `json:"segment"` // in which it was said
	Seq     int64  `json:"seq"`     // of what was said
}

// Alarms reports whether a danger of that kind is news: the chat waits for a person or has
// one, and nobody was told of it in this segment.
func (s Session) Alarms(kind string) bool {
	return kind != "" && (s.State == Assigned || s.State == Queued) && !slices.ContainsFunc(s.Desk.Dangers, func(d Danger) bool {
		return d.Kind == kind && d.Segment == s.Segment
	})
}

// Alarm notes a danger down, in place of an older one of its kind.
func (d Desk) Alarm(danger Danger) Desk {
	d.Dangers = slices.DeleteFunc(slices.Clone(d.Dangers), func(old Danger) bool { return old.Kind == danger.Kind })
	d.Dangers = append(d.Dangers, danger)
	return d
}

// Danger is the kind of the newest danger, "" if there is none.
func (d Desk) Danger() string {
	if len(d.Dangers) == 0 {
		return ""
	}
	return d.Dangers[len(d.Dangers)-1].Kind
}
