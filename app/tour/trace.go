package tour

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// trace is what the reader sees of the tour. Losing the reader does not stop it.
type trace struct {
	out     io.Writer
	english bool
	notes   []text // figures that steps leave for the end
}

func (t *trace) in(s text) string {
	if t.english {
		return s.en
	}
	return s.zh
}

func (t *trace) title(s text)   { fmt.Fprintln(t.out, t.in(s)) }
func (t *trace) chapter(s text) { fmt.Fprintf(t.out, "\n%s\n", t.in(s)) }

// note leaves a figure for the end.
func (t *trace) note(s text) { t.notes = append(t.notes, s) }

func (t *trace) step(who *person, what, result text, took time.Duration, err error) {
	if err != nil {
		result = both("✗ 与约定不符", "✗ not as it should be")
	}
	fmt.Fprintf(t.out, "%6d ms  %s%s%s\n", took.Milliseconds(), padded(t.in(who.name), 20), padded(t.in(what), 46), t.in(result))
}

// figures closes the trace.
func (t *trace) figures(c *counts) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.chapters) == 0 {
		return
	}
	t.chapter(both("数字", "Figures"))
	for _, note := range t.notes {
		fmt.Fprintf(t.out, "  %s\n", t.in(note))
	}
	row := func(name string, took []time.Duration) {
		fmt.Fprintf(t.out, "  %s%s\n", padded(name, 34), t.in(summary(took)))
	}
	var all []time.Duration
	for _, chapter := range c.chapters {
		row(t.in(chapter.name), chapter.took)
		all = append(all, chapter.took...)
	}
	row(t.in(both("合计", "all")), all)
	t.title(both("  重试 %d 次", "  %d requests were repeated", c.repeats))
}

// summary gives number, median and maximum.
func summary(took []time.Duration) text {
	if len(took) == 0 {
		return both("没有请求", "no requests")
	}
	sorted := slices.Sorted(slices.Values(took))
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return both("%4d 个请求   中位 %7.1f ms   最慢 %7.1f ms", "%4d requests   p50 %7.1f ms   max %7.1f ms",
		len(sorted), ms(sorted[len(sorted)/2]), ms(sorted[len(sorted)-1]))
}

// counts are the requests made, by chapter.
type counts struct {
	mu       sync.Mutex
	chapters []chapterCounts
	repeats  int
}

type chapterCounts struct {
	name text
	took []time.Duration
}

func (c *counts) chapter(name text) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.chapters = append(c.chapters, chapterCounts{name: name})
}

func (c *counts) add(took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.chapters); n > 0 {
		c.chapters[n-1].took = append(c.chapters[n-1].took, took)
	}
}

func (c *counts) repeat() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.repeats++
}
