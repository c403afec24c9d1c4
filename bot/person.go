package bot

import (
	"strings"
	"unicode/utf8"

	"wenda/internal/pattern"
	"wenda/knowledge/segment"
)

// A customer who asks for a person gets one, in whatever words. The words are kept
// apart from the knowledge base on purpose: no threshold and no editor can lose them.

// person names a human being behind the counter; the second line is how people mistype it.
const person = `(?:人工(?:客服|服务|座席|坐席)?|真人(?:客服)?|活人|坐席|座席|(?:在线)?客服(?:人员|专员)?|工作人员|专员|` +
	`人公|人功|仁工|任工|认工|rengong(?:kefu|fuwu)?|rengon|zhenren|kefu|` +
	`(?:a|an|the|your)?(?:real|live)?(?:human|agent|person|representative|operator|advisor|adviser|customerservice|somebody|someone)(?:please)?)`

// filler is what politeness, haste and anger wrap around the wish.
const filler = `(?:请|帮我|帮忙|麻烦|给我|我要|我想|我需要|需要|要|想|能不能|可不可以|能|可以|直接|快点?|赶紧|马上|立刻|立即|现在|你好|您好|` +
	`有没有|有|在|怎么|如何|来个?|个|一下|吧|啊|呀|吗|嘛|么|呢|了|行不行|好吗|谢谢|求|please|iwant|iwantto|iwouldliketo|ineed|ineedto|canyou|can|could|i|get|now)`

var (
	asksPlainly = pattern.MustCompile(`^` + filler + `*(?:转接?|接通?|找|换|叫|呼叫|联系|人工转|zhuan|zhuanjie|zhao)?` + filler + `*` + person + filler + `*$`)
	asksByVerb  = pattern.MustCompile(`(?:转接?|接通|换成?|呼叫|传|专|砖|zhuan(?:jie)?)(?:到|给|个|一个|一下|成|回)?(?:人工|真人|活人|坐席|座席|客服|人公|人功|rengong|zhenren|kefu)`)
	wantsPerson = pattern.MustCompile(`(?:我要|我想|想要|要求|需要|让|找|叫|换)(?:你们)?(?:个|一个|一位|一下)?(?:人工|真人|活人|客服|工作人员|人来|人跟我说)`)
	asksEnglish = pattern.MustCompile(`(?:talk|speak|chat|connect|transfer|put|pass|switch)(?:me)?(?:through)?(?:to|with)?(?:a|an|the|your)?(?:real|live)?(?:human|agent|person|representative|operator|somebody|someone|advisor|customerservice)`)
	wantsEnd    = pattern.MustCompile(`找(?:你们的?)?(?:个)?人$|^找人|^人$`)
	notWanted   = pattern.MustCompile(`(?:不要|不用|不需要|别|无需|不想)(?:再)?(?:帮我|给我)?(?:转|接|找|联系)?(?:人工|真人|客服)|人工智能|(?:don'?t|donot|no)(?:need|want)?(?:a|an)?(?:human|agent|person)`)

	// aboutPerson are questions about the human service rather than for it: opening
	// hours, telephone numbers. The knowledge base answers those.
	aboutPerson = pattern.MustCompile(`(?:几点|时间|上班|下班|电话|号码|热线|多久|投诉|态度|骗|假|冒充|真的是|是不是|是人工|是真人|是机器)`)
)

// words is an utterance as segment.Key writes it: lower case, without spaces and
// punctuation. Whoever asks several things of one utterance makes them once.
type words string

func wordsOf(utterance string) words { return words(segment.Key(utterance)) }

func (w words) match(p *pattern.Pattern) bool { return p.MatchString(string(w)) }

// AsksForPerson reports whether the utterance asks for a human agent.
func AsksForPerson(utterance string) bool { return wordsOf(utterance).askForPerson() }

// What says that somebody asks is looked for first: most messages do not, and what takes it
// back are everyday words.
func (w words) askForPerson() bool {
	plainly := w.match(asksPlainly) || w.match(wantsEnd) || w.match(asksEnglish)
	if !plainly && !w.match(asksByVerb) && !w.match(wantsPerson) {
		return false
	}
	return !w.match(notWanted) && (plainly || !w.match(aboutPerson))
}

// namePerson reports whether the utterance speaks of a human agent at all. If
// nothing in the base fits it, it is taken as asking for one.
func (w words) namePerson() bool {
	u := string(w)
	return (strings.Contains(u, "人工") || strings.Contains(u, "真人") || strings.Contains(u, "活人")) && !w.match(notWanted)
}

// inPinyin is how a person is asked for without an input method: no English, though it looks so.
var inPinyin = pattern.MustCompile(`zhuan|rengon|kefu|zhenren`)

// declinePerson reports whether the utterance only says that no person is wanted.
func (w words) declinePerson() bool {
	return w.match(notWanted) && utf8.RuneCountInString(string(w)) <= 8 && !strings.Contains(string(w), "人工智能")
}

var (
	saysYes = pattern.MustCompile(`^(?:好的?|是的?|要|可以|行|嗯+|对|需要|转吧?|转接|好吧|好呀|ok|okay|yes|yeah|yep|sure|please|yesplease)+(?:吧|啊|谢谢)?$`)
	saysNo  = pattern.MustCompile(`^(?:不要?|不用了?|不需要|不必|先不|算了|不方便|没有?|no|nope|nothanks|notnow)(?:了|吧|谢谢)?$`)
)

func (w words) agree() bool   { return w.match(saysYes) }
func (w words) decline() bool { return w.match(saysNo) }
