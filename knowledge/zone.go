package knowledge

// Zone is what to do with a result: answer it, ask back, or let a person answer.
type Zone string

// The three zones, as they stand in files and on the wire.
const (
	ZoneAnswer  Zone = "answer"  // give the first match's answer
	ZoneClarify Zone = "clarify" // offer the first few matches as choices
	ZoneHandoff Zone = "handoff" // nothing fits: rephrase once, then offer a person
)

// Thresholds turn confidences into a zone. They belong to a matcher's variant:
// what 0.8 means depends on how it was computed.
type Thresholds struct {
	Answer  float64 // least confidence to answer by itself, 0 to 1
	Clarify float64 // least confidence to offer as a choice, 0 to 1
	Margin  float64 // the second match must be at least this far below the first
}

// offerShare is how likely a further choice must be, as a share of what the first needs
// to be asked about.
const offerShare = 1.0 / 3

// Choices returns at most limit matches that are worth being offered when the zone is
// ZoneClarify, most confident first. The slice belongs to the result.
func (r Result) Choices(limit int) []Match {
	n := 0
	for n < min(limit, len(r.Matches)) && r.Matches[n].Confidence >= r.Limits().Clarify*offerShare {
		n++
	}
	return r.Matches[:n]
}

// Zone returns what to do with the result, by the matcher's own thresholds.
func (r Result) Zone() Zone { return r.Limits().Decide(r) }

// Limits are the matcher's own thresholds, or DefaultThresholds if it names none.
func (r Result) Limits() Thresholds {
	if r.Thresholds == (Thresholds{}) {
		return DefaultThresholds
	}
	return r.Thresholds
}

// DefaultThresholds are for matchers whose confidence is a probability but who have not
// measured what it is worth. The second is low because a choice that nobody picks costs
// one tap, and a missed one a person.
var DefaultThresholds = Thresholds{Answer: 0.75, Clarify: 0.25, Margin: 0.20}

// Decide returns the zone of a result. It looks at the two most confident matches
// only, and has neither memory nor policy.
func (t Thresholds) Decide(r Result) Zone {
	if len(r.Matches) == 0 || r.Matches[0].Confidence < t.Clarify {
		return ZoneHandoff
	}
	first := r.Matches[0].Confidence
	if first < t.Answer {
		return ZoneClarify
	}
	if len(r.Matches) > 1 && first-r.Matches[1].Confidence < t.Margin {
		return ZoneClarify
	}
	return ZoneAnswer
}
