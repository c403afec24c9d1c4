package api

import (
	"wenda/bot/gateway"
	"wenda/sessions"
)

// pagesMost is how many pages a packet has: the first, and the newest.
const pagesMost = 5

// visited is a page from which a customer wrote.
type visited struct {
	At    string `json:"at"` // of the first message from there
	Title string `json:"title,omitempty"`
	URL   string `json:"url,omitempty"`
}

// pages are those from which the customer wrote since the chat was opened, or taken up
// again, each once in a row, oldest first.
func pages(events []sessions.Event) []visited {
	all, last, come := []visited{}, sessions.Page{}, false
	for _, e := range events {
		switch {
		case e.Kind == sessions.Handed && e.Move != nil && e.Move.From == sessions.Closed:
			come = true // the message that took it up again stands before
		case e.Page == nil || *e.Page == last:
		default:
			last = *e.Page
			all = append(all, visited{gateway.Stamp(e.At), last.Title, last.URL})
		}
		if come {
			all, come = all[max(0, len(all)-1):], false
		}
	}
	if len(all) > pagesMost {
		all = append(all[:1:1], all[len(all)-pagesMost+1:]...)
	}
	return all
}
