package api

import (
	"strconv"
	"strings"
	"time"

	"wenda/bot/desk/queue"
	"wenda/bot/web"
	"wenda/internal/audit"
)

// queueParts says what a changed field of a queue was and is, in the reader's language.
func (a *API) queueParts(all []queue.Queue, lang string) func(audit.Change, audit.Field) []web.ChangedPart {
	names, calendars := queueNames(all, lang), a.calendarNames(lang)
	says := func(field, value string) web.ChangedValue {
		switch field {
		case "escalates":
			return choiceOf(names, value, "queues.top")
		case "calendar":
			return choiceOf(calendars, value, "queues.always")
		case "routing":
			return web.ChangedValue{Word: "queues.routing." + value}
		case "remind", "takeback":
			return orWord(counted(value, time.Second), "queues.off")
		case "accept":
			return web.ChangedValue{Text: counted(value, time.Second)}
		case "capacity", "most":
			return orWord(value, "queues.unlimited")
		}
		return web.ChangedValue{Text: value}
	}
	return func(_ audit.Change, f audit.Field) []web.ChangedPart {
		if f.Name == "names" {
			return namesChanged("queues.", f)
		}
		part := web.ChangedPart{Word: "queues." + f.Name, Is: says(f.Name, f.Is)}
		if f.Kept {
			part.Was = says(f.Name, f.Was)
		}
		return []web.ChangedPart{part}
	}
}

// choiceOf is one of several things, or the word for none.
func choiceOf(all []web.Named, id, none string) web.ChangedValue {
	if id == "" {
		return web.ChangedValue{Word: none}
	}
	return web.ChangedValue{Text: nameIn(all, id)}
}

// orWord is a number, or a word for 0.
func orWord(number, zero string) web.ChangedValue {
	if number == "0" {
		return web.ChangedValue{Word: zero}
	}
	return web.ChangedValue{Text: number}
}

// counted is a duration as the forms count it.
func counted(duration string, unit time.Duration) string {
	d, _ := time.ParseDuration(duration) // written by us
	return strconv.FormatFloat(float64(d)/float64(unit), 'f', -1, 64)
}

// namesChanged are the names that are other than before; they stand in two lines. group is
// that of the words for them.
func namesChanged(group string, f audit.Field) (parts []web.ChangedPart) {
	if !f.Kept {
		return []web.ChangedPart{{Word: group + "names"}}
	}
	was, is := lines(f.Was, 2), lines(f.Is, 2)
	for i, name := range []string{"zh", "en"} {
		if was[i] != is[i] {
			parts = append(parts, web.ChangedPart{Word: group + name, Was: quoted(was[i]), Is: quoted(is[i])})
		}
	}
	return parts
}

func quoted(name string) web.ChangedValue { return web.ChangedValue{Text: "“" + name + "”"} }

// lines are the first n lines of a text; those that are missing are empty.
func lines(text string, n int) []string {
	return append(strings.Split(text, "\n"), make([]string, n)...)[:n]
}
