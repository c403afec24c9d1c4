package bot

import (
	"wenda/internal/pattern"
	"wenda/knowledge"
	"wenda/sessions"
)

// meanwhile is what the bot does about a line of a customer who waits for a person. What
// the hub knows it answers, and the place in the queue is kept; everything else is kept
// for the agent, which the customer is told once while they wait. After a message was
// left, whatever is no question belongs to the message.
func (p Policy) meanwhile(sc scene, chosen string) plan {
	if pl := known(sc, chosen); pl.match != nil && sc.contact == "" && !pl.chats() {
		return pl
	}
	pl := plan{action: Keep, next: sc.session}
	switch {
	case sc.session.Memory.Left:
		pl.action, pl.reason, pl.say, pl.offer, pl.seal = Waiting, reasonLeft, sayLeftMore, []string{sessions.ChooseBot}, sc.contact != ""
	case !sc.session.Memory.Noted:
		pl.action, pl.reason, pl.say, pl.found = Notice, reasonQueued, sayNoted, sc.found
		pl.next.Memory.Noted = true
	}
	return pl
}

// known is the answer to what the customer chose or asked, if the hub is sure of one. It
// leaves the session as it is.
func known(sc scene, chosen string) plan {
	pl := plan{next: sc.session, found: sc.found}
	if e, ok := sc.release.Entry(chosen); ok && e.Matchable() {
		pl.match, pl.reason = &knowledge.Match{Entry: e.ID, Revision: e.Revision, Answer: e.Answer(sc.lang), Confidence: 1}, reasonChosen
	} else if chosen == "" && sc.found.Zone() == knowledge.ZoneAnswer {
		pl.match, pl.reason = &sc.found.Matches[0], reasonMatched
	}
	if pl.match != nil {
		pl.action, pl.say = Answer, pl.match.Entry
	}
	return pl
}

// waits is how people who wait ask when it is their turn. Only whole lines: 改还款日要等多久
// is a question for the hub.
var waits = pattern.MustCompile(`^(?:请问|你好|您好|到底|我|怎么|为什么|大概|现在|已经)*(?:` +
	`(?:还要?|还得|需要|要)?(?:等|排|排队)(?:了)?(?:多久|多长时间|很久|好久|半天|几分钟)|` +
	`(?:还要|还得)?多久(?:才)?(?:能)?(?:到我|轮到我|有人|接通|接入)?|(?:排|轮)(?:到)?(?:第)?几(?:位|个)?|前面(?:还)?有?(?:几|多少)(?:个)?(?:人|位)|什么时候(?:能|才能|才)?(?:到我|轮到我|有人|接通|接入)|` +
	`还?(?:没有?|没)(?:个)?(?:人|客服|人工)(?:来|接|理|回|回复|应)?(?:我)?|还没(?:有)?(?:到我|轮到我|接通|接入)|(?:人|客服|人工)呢|在(?:不在|吗)|快(?:点|一点|些)|` +
	`howlong(?:dois?tilltowait|doihavetowait|willthistake|willittake|moretowait|isthewait|more)?|hurryup|stillwaiting|anyone(?:there)?|anybody(?:there)?|isany(?:one|body)there` +
	`)(?:啊|呀|吗|呢|了|嘛|的|请|please)*$`)

func (w words) askHowLong() bool { return w.match(waits) }
