package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"wenda/bot/auth"
	"wenda/knowledge/base"
)

// EntryList is a page of entries.
type EntryList struct {
	Entries []base.Head `json:"entries"`
	Next    string      `json:"next,omitempty" doc:"after= of the following page"`
}

// Draft is what an integration writes of an entry.
type Draft struct {
	Content base.Content `json:"content"`
	Why     string       `json:"why" minLength:"1" maxLength:"500" doc:"for the person who reviews it"`
}

// NewDraft is a draft of a new entry.
type NewDraft struct {
	ID string `json:"id" minLength:"1" maxLength:"64" example:"repay-how"`
	Draft
}

// InForce is the release that answers come from.
type InForce struct {
	Release int64     `json:"release"`
	At      time.Time `json:"at"`
	Entries int       `json:"entries"`
}

// tagged is an entry with its version as an ETag.
type tagged struct {
	ETag string `header:"ETag"`
	Body base.Head
}

func tag(h base.Head) *tagged { return &tagged{strconv.Quote(strconv.FormatInt(h.Version, 10)), h} }

type entriesInput struct {
	Q        string     `query:"q" maxLength:"200" doc:"words that all stand in id, question, phrasings or answer"`
	State    base.State `query:"state" enum:"draft,in_review,approved,live,retired"`
	Category string     `query:"category" maxLength:"100"`
	Tag      string     `query:"tag" maxLength:"100"`
	After    string     `query:"after" maxLength:"64" doc:"next of the page before"`
	Limit    int        `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type entryInput struct {
	ID          string `path:"id" maxLength:"64"`
	IfNoneMatch string `header:"If-None-Match"`
}

type draftInput struct {
	ID      string `path:"id" maxLength:"64"`
	IfMatch string `header:"If-Match" doc:"ETag of the version this was written on"`
	Body    Draft
}

// v1Entries adds what reads entries and writes drafts.
func v1Entries(a *API, h huma.API) {
	huma.Register(h, a.operation(h, auth.ScopeRead, huma.Operation{
		OperationID: "entries", Method: http.MethodGet, Path: "/entries", Summary: "All entries, drafts too, by id",
	}), func(ctx context.Context, in *entriesInput) (*body[EntryList], error) {
		heads, next, err := a.Hub.Base.List(ctx, base.Query{Text: in.Q, State: in.State, Category: in.Category, Tag: in.Tag, After: in.After, Limit: in.Limit})
		if err != nil {
			return nil, a.problem(err)
		}
		return &body[EntryList]{EntryList{append([]base.Head{}, heads...), next}}, nil
	})
	huma.Register(h, a.operation(h, auth.ScopeRead, huma.Operation{
		OperationID: "entry", Method: http.MethodGet, Path: "/entries/{id}", Summary: "One entry: its newest revision, and which is live",
		Errors: []int{http.StatusNotFound},
	}), func(ctx context.Context, in *entryInput) (*tagged, error) {
		head, err := a.Hub.Base.Get(ctx, in.ID)
		if err != nil {
			return nil, a.problem(err)
		}
		if out := tag(head); in.IfNoneMatch != out.ETag {
			return out, nil
		}
		return nil, huma.Status304NotModified()
	})
	huma.Register(h, a.operation(h, auth.ScopeDraft, huma.Operation{
		OperationID: "create", Method: http.MethodPost, Path: "/entries", Summary: "Write the draft of a new entry",
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusConflict},
	}), func(ctx context.Context, in *struct{ Body NewDraft }) (*tagged, error) {
		head, err := a.Hub.Base.Create(ctx, actor(ctx), in.Body.ID, in.Body.Content, in.Body.Why)
		if err != nil {
			return nil, a.problem(err)
		}
		return tag(head), nil
	})
	huma.Register(h, a.operation(h, auth.ScopeDraft, huma.Operation{
		OperationID: "draft", Method: http.MethodPut, Path: "/entries/{id}", Summary: "Write a new draft of an entry",
		Description: "What is live stays live until a person has approved the draft and it is published.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired},
	}), func(ctx context.Context, in *draftInput) (*tagged, error) {
		version, err := versionOf(in.IfMatch)
		if err != nil {
			return nil, err
		}
		head, err := a.Hub.Base.Save(ctx, actor(ctx), in.ID, version, in.Body.Content, in.Body.Why)
		if err != nil {
			return nil, a.problem(err)
		}
		return tag(head), nil
	})
	huma.Register(h, a.operation(h, auth.ScopeAsk, huma.Operation{
		OperationID: "release", Method: http.MethodGet, Path: "/release", Summary: "Which release is in force on this node",
	}), func(ctx context.Context, _ *struct{}) (*body[InForce], error) {
		cover, err := a.Hub.Base.Release(ctx, a.Release().ID)
		if err != nil {
			return nil, a.problem(err)
		}
		return &body[InForce]{InForce{cover.ID, cover.At, cover.Entries}}, nil
	})
}

// versionOf reads an If-Match.
func versionOf(ifMatch string) (int64, error) {
	if ifMatch == "" {
		return 0, huma.NewError(http.StatusPreconditionRequired, "If-Match must name the version this was written on, as GET gave it in ETag")
	}
	version, err := strconv.ParseInt(strings.Trim(ifMatch, `"`), 10, 64)
	if err != nil || version < 1 {
		return 0, huma.Error412PreconditionFailed("If-Match names no version of an entry")
	}
	return version, nil
}
