// Package tour plays a day in the county against a running service, over HTTP only.
//
// It knows the contract and nothing of the service: it imports the standard library
// alone, so that what passes here can be done by any client. The people of the demo
// county sign in, write to the red mailbox, take part in an activity, earn and spend
// love-points and receive the day's news; they write sealed letters and slips of paper, have
// others write for them, and read what the public may. Each step says who did what and what
// came of it. The first thing that is not as the contract says ends the tour, with the request,
// the answer and what was expected.
//
// The tour passes any number of times at any hour: it brings its own activity, goods and
// article, volunteers who are new to WeChat, and takes the next date that has no push.
// It waits for things by asking until a deadline, and repeats a request that got no
// answer under the same idempotency key.
//
// With a record, each fact that the service acknowledged is on disk before the next
// request goes out, and the first lost connection ends the tour; verify then asks the
// service for every fact again.
package tour

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Options say where to go and what to leave behind.
type Options struct {
	API     string // as in http://127.0.0.1:8080
	Sandbox string // the WeChat sandbox's control plane
	Record  string // file to append acknowledged facts to; "" keeps none
	Verify  string // file of facts to read back instead of playing
	English bool   // trace and messages in English
	Out     io.Writer
}

// Run plays the tour, or verifies the record of an earlier one. The error says what was
// not as it should be.
func Run(ctx context.Context, o Options) error {
	if o.Verify != "" {
		return verify(ctx, o)
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	d, err := newDay(o)
	if err != nil {
		return err
	}
	err = d.play(ctx)
	d.trace.figures(d.client.counts)
	return errors.Join(err, d.client.record.close())
}

// day is one run of the tour.
type day struct {
	*cast
	client *client
	trace  *trace
	mark   string // tells this run's things from those of all others

	gathering *gathering
	pool      string // of points, for the activity
}

// branch is the one whose secretary plays.
func (d *day) branch() unit { return d.secretary.unit("secretary") }

func newDay(o Options) (*day, error) {
	record, err := openRecord(o.Record)
	if err != nil {
		return nil, err
	}
	c := newClient(o)
	c.record = record
	return &day{cast: newCast(c), client: c, trace: &trace{out: o.Out, english: o.English}, mark: randomHex(4)}, nil
}

// play goes through the chapters in the order of a day.
func (d *day) play(ctx context.Context) error {
	d.trace.title(both("晋邻一日 · %s", "A day with Jinlin · %s", d.client.api))
	if err := d.client.reach(ctx); err != nil {
		return err
	}
	for _, chapter := range []func(context.Context) error{
		d.signIn, d.redMailbox, d.activity, d.lovePoints, d.news, d.otherWays, d.openness, d.badInput,
	} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	return nil
}

// step is one thing that one person does.
type step struct {
	who  *person
	what text
	do   func(ctx context.Context) (result text, err error)
}

// chapter plays steps one after another and traces each.
func (d *day) chapter(ctx context.Context, name text, steps ...step) error {
	d.trace.chapter(name)
	d.client.counts.chapter(name)
	for _, s := range steps {
		started := time.Now()
		result, err := s.do(ctx)
		d.trace.step(s.who, s.what, result, time.Since(started), err)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", s.who.name.en, s.what.en, err)
		}
	}
	return nil
}
