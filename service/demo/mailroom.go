package demo

import (
	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/board"
	"jinlin/service/followers"
	"jinlin/service/identity"
	"jinlin/service/mailbox"
	"jinlin/service/moderation"
	"jinlin/service/open311"
	"jinlin/service/org"
	"jinlin/service/paperbox"
	"jinlin/service/proxy"
	"jinlin/service/reveal"
)

// mailroom is what stands around the red mailbox: sealed identities, boxes of tin, entries
// for others, and what the public sees.
type mailroom struct {
	identity  *identity.Service
	paper     *paperbox.Service
	proxies   *proxy.Service
	board     *board.Service
	followers *followers.Service
	programs  *open311.Service
}

// told is a request of the week and who submitted it, by its text.
type told struct {
	id  model.RequestID
	who model.Actor
}

func (t *teller) openMailroom(past *store.Store, rights *access.Service, units *org.Service, texts *moderation.Service) {
	t.identity = identity.New(past, rights, units, account.PhoneOf)
	t.proxies = proxy.New(past, rights, t.mailbox, reveal.New(past, rights, true), true)
	t.paper = paperbox.New(past, rights, units, t.mailbox, t.proxies, t.push)
	t.board = board.New(past, rights, units, texts, t.push)
	t.followers = followers.New(past, t.push, mailbox.NameOf)
	t.programs = open311.New(past, rights, units, t.mailbox, t.board, "")
	t.mailbox.OnEvent(t.board.RequestMoved)
	t.mailbox.OnEvent(t.followers.RequestMoved)
	t.board.OnHidden(t.followers.Hidden)
}

// communityWorker is who works in the community of an estate.
func (t *teller) communityWorker(estate string) model.Actor {
	branch := t.Branch(estate)
	for i, community := range t.Communities {
		if community.ID == branch.ParentID {
			return t.actor(workerPersona(i))
		}
	}
	return model.Actor{}
}
