package gateway

import (
	"context"
	"errors"
	"time"

	"wenda/bot/desk"
	"wenda/sessions"
)

// fault is why a frame was not carried out.
type fault struct {
	code         Code
	cid, session string        // of the frame, where known
	retry        time.Duration // when trying again makes sense
	words        string        // what people read, if it is not the code's own sentence
	innocent     bool          // it does not count against the client
	close        int           // close the socket with this code behind the error
	cause        error         // for the log; nil if it is the client's doing
	then         func()        // called when the error was sent; nil for nothing
}

func refuse(code Code) *fault { return &fault{code: code} }

// at says which frame the fault is about.
func (f *fault) at(frame incoming) *fault {
	_, cid, session := frame.about()
	if sessions.ValidRef(cid) {
		f.cid = cid
	}
	if validSession(session) {
		f.session = session
	}
	return f
}

func (f *fault) closing(code int) *fault {
	f.close = code
	return f
}

// How long to wait before a try that may end differently.
const (
	retryConflict = 200 * time.Millisecond
	retryBusy     = time.Second
	retryFailed   = 2 * time.Second
)

// causes is the one table from errors to codes. The first that fits counts.
var causes = []struct {
	is    error
	code  Code
	retry time.Duration
}{
	{sessions.ErrNotFound, CodeNotFound, 0},
	{sessions.ErrNotOwner, CodeNotOwner, 0},
	{sessions.ErrClosed, CodeClosed, 0},
	{sessions.ErrOffered, CodeOffered, 0},
	{sessions.ErrTaken, CodeTaken, 0},
	{sessions.ErrUnowned, CodeUnowned, 0},
	{desk.ErrAway, CodeAway, 0},
	{desk.ErrNeedsWrap, CodeNeedsWrap, 0},
	{sessions.ErrEmpty, CodeEmpty, 0},
	{sessions.ErrFull, CodeFull, 0},
	{sessions.ErrRefReuse, CodeCIDConflict, 0},
	{sessions.ErrInvalid, CodeForbidden, 0},
	{sessions.ErrConflict, CodeBusy, retryConflict},
	{sessions.ErrBusy, CodeBusy, retryBusy},
	{context.DeadlineExceeded, CodeBusy, retryBusy},
	{context.Canceled, CodeBusy, retryBusy}, // we are going down
}

// faultOf turns an error of bot, desk or store into a fault. An error nobody knows
// leaves open what was committed; the client may send again, its cid makes that
// harmless, so it is told that we are busy.
func faultOf(err error) *fault {
	for _, c := range causes {
		if errors.Is(err, c.is) {
			return &fault{code: c.code, retry: c.retry}
		}
	}
	return &fault{code: CodeBusy, retry: retryFailed, cause: err}
}

// unfit is the fault of a text that breaks rules, in the words of the worst of them.
func unfit(u *desk.Unfit, lang string) *fault {
	code, worst := CodeNeedsReason, u.Findings[0]
	for _, f := range u.Findings {
		if f.Block {
			code, worst = CodeBlocked, f
			break
		}
	}
	return &fault{code: code, words: worst.Say[lang]}
}

// ours reports whether a code speaks of our state rather than of the client's doing.
// Such errors do not count against a client.
func (c Code) ours() bool {
	switch c {
	case CodeBusy, CodeInternal, CodeTaken, CodeFull, CodeClosed, CodeNotOwner, CodeCursor,
		CodeBlocked, CodeNeedsReason, CodeNeedsWrap, CodeAway, CodeOffered, CodeUnowned:
		return true
	}
	return false
}

// says returns the sentence for a fault in a language, "zh-CN" or "en".
func (f *fault) says(lang string) string {
	if f.words != "" {
		return f.words
	}
	if lang == english {
		return sentences[f.code].en
	}
	return sentences[f.code].zh
}

const english = "en"

// sentences are what people read beside a code. They are about the connection, not
// about finance: the bot's own words are entries of the knowledge base.
var sentences = map[Code]struct{ zh, en string }{
	CodeBadFrame:    {"这条消息没有发送成功，请刷新页面后再试。", "This did not arrive as it should. Please reload the page and try again."},
	CodeVersion:     {"页面已更新，请刷新后继续。", "This page was updated. Please reload it."},
	CodeHelloFirst:  {"连接没有正常建立，请刷新页面。", "The connection did not start properly. Please reload the page."},
	CodeBadToken:    {"之前的对话已过期，将为您重新开始。", "Your earlier chat has expired. We are starting a new one."},
	CodeEmpty:       {"还没有内容。", "There is nothing here yet."},
	CodeTooLong:     {"消息太长了，请分几次发送。", "This message is too long. Please send it in parts."},
	CodeRate:        {"您发送得太快了，请稍等一下再发。", "That was a little too fast. Please wait a moment."},
	CodeBusy:        {"系统繁忙，消息还没有收到，稍后会自动重试。", "We are busy and have not got this yet. It will be tried again shortly."},
	CodeCIDConflict: {"这条消息的编号已被使用，请重新发送。", "This message's number was used before. Please send it again."},
	CodeNotFound:    {"没有找到相应的内容。", "We could not find that."},
	CodeForbidden:   {"您不能进行这项操作。", "You cannot do that here."},
	CodeNotOwner:    {"这个会话已不由您接待。", "This chat is not yours any more."},
	CodeTaken:       {"这个会话已由其他同事接待。", "A colleague has taken this chat."},
	CodeUnowned:     {"现在没有坐席接待这位客户，没有人能听到。", "Nobody serves this customer now: there is no one to hear it."},
	CodeFull:        {"您接待的会话数已达上限。", "You have as many chats as you can take."},
	CodeClosed:      {"这次会话已经结束。", "This chat has ended."},
	CodeCursor:      {"正在重新加载对话。", "Loading the chat again."},
	CodeBlocked:     {"这段话不能发给客户，请修改后再发。", "This cannot be sent to a customer. Please change it."},
	CodeNeedsReason: {"这段话需要再看一眼：修改，或写明原因后发送。", "Please look at this once more: change it, or say why it is sent all the same."},
	CodeNeedsWrap:   {"请选择会话的结束原因。", "Please choose how the chat ended."},
	CodeAway:        {"这位同事现在不接会话。", "That colleague takes no chats at the moment."},
	CodeOffered:     {"这个会话正在等待另一位同事接受。", "This chat is being held out to a colleague."},
	CodeInternal:    {"系统出了点问题，我们已经记录下来，请稍后再试。", "Something went wrong on our side and was noted. Please try again later."},
}
