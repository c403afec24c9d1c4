package bot

import (
	"fmt"
	"strings"

	"wenda/knowledge"
)

// The bot's own sentences: ids of approved entries in the release in force.
const (
	sayName       = "system.name"
	sayWelcome    = "system.welcome"
	sayClarify    = "system.clarify"
	sayConfirm    = "system.confirm"
	sayRephrase   = "system.rephrase"
	sayOffer      = "system.offer"
	sayContinue   = "system.continue"
	sayWithdrawn  = "system.withdrawn"
	sayQueued     = "system.queued"
	sayQueuedNext = "system.queued-next"
	sayFailed     = "system.failed"
	sayWaiting    = "system.waiting"
	sayNext       = "system.waiting-next"
	sayNoted      = "system.queue-noted"
	sayQueueLeft  = "system.queue-left"
	sayAfterHours = "system.after-hours"
	sayNobody     = "system.nobody"
	sayFull       = "system.full"
	sayOfferCare  = "system.offer-care"
	sayUrgentLeft = "system.urgent-left"
	sayStranded   = "system.stranded"
	sayRisk       = "system.risk-" // and a danger
	sayAskMessage = "system.ask-message"
	sayAskContact = "system.ask-contact"
	sayLeft       = "system.left"
	sayLeftMore   = "system.left-more"
	sayMasked     = "system.masked"
	sayClosed     = "system.closed"
	sayIdleHint   = "system.idle-hint"
	sayIdleAgain  = "system.idle-again"
	sayIdleClosed = "system.idle-closed"

	saySurveyBot   = "system.survey-bot"
	saySurveyAgent = "system.survey-agent"

	sayNone    = "system.choice-none"
	sayHuman   = "system.choice-human"
	sayMessage = "system.choice-message"
	sayBot     = "system.choice-bot"
)

// Sentences are the ids a release must hold for the bot and the desk to speak.
var Sentences = []string{
	sayName, sayWelcome, sayClarify, sayConfirm, sayRephrase, sayOffer, sayContinue, sayWithdrawn, sayQueued, sayQueuedNext, sayFailed, sayWaiting, sayNext,
	sayQueueLeft, sayAfterHours, sayNobody, sayFull, sayOfferCare, sayUrgentLeft, sayStranded,
	sayRisk + dangerHarm, sayRisk + dangerFraud, sayRisk + dangerThreat, sayAskMessage, sayAskContact, sayLeft, sayLeftMore, sayMasked, sayClosed, sayIdleHint,
	sayIdleAgain, sayIdleClosed, sayNoted, saySurveyBot, saySurveyAgent, sayNone, sayHuman, sayMessage, sayBot, "system.assigned", "system.returned", "system.requeued",
	"system.transferred", "system.back", "system.joined",
}

// CheckRelease returns an error that names the sentences a release lacks in
// either language. A release that lacks one must not go into force: the bot would
// fall silent where a customer waits for a word.
func CheckRelease(r *knowledge.Release) error {
	var lacking []string
	for _, id := range Sentences {
		e, ok := r.Entry(id)
		for _, lang := range []knowledge.Lang{knowledge.Chinese, knowledge.English} {
			if !ok || strings.TrimSpace(e.Texts[lang].Answer) == "" {
				lacking = append(lacking, id+" ("+string(lang)+")")
			}
		}
	}
	if len(lacking) > 0 {
		return fmt.Errorf("bot: release %d lacks %s", r.ID, strings.Join(lacking, ", "))
	}
	return nil
}

// Sentence returns the approved sentence id in lang with {name} replaced by the
// value that follows name in pairs, and the revision said. Values are put in as
// they are and never read as placeholders themselves.
func Sentence(r *knowledge.Release, id string, lang knowledge.Lang, pairs ...string) (string, int) {
	e, _ := r.Entry(id)
	if len(pairs) == 0 {
		return e.Answer(lang).Text, e.Revision
	}
	args := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		args = append(args, "{"+pairs[i]+"}", pairs[i+1])
	}
	return strings.NewReplacer(args...).Replace(e.Answer(lang).Text), e.Revision
}
