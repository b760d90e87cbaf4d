package model

import "time"

// ArticleID names an article.
type ArticleID = ID[Article]

// Article is a piece of news of a unit. Whoever wrote it does not approve it; what was
// published and withdrawn leaves its trace.
type Article struct {
	ID          ArticleID     `data:"none"`
	UnitID      UnitID        `data:"none"`
	AuthorID    UserID        `data:"none"`
	Title       string        `data:"none"`
	Summary     string        `data:"none"`
	Body        string        `data:"none"` // Markdown, as written; nobody renders it to HTML here
	Cover       string        `data:"none"` // id of an uploaded image, or ""
	Status      ArticleStatus `data:"none"`
	Held        bool          `data:"none"` // the text check did not pass it: a person must look closely
	PublishAt   *time.Time    `data:"none"` // when scheduled
	PublishedAt *time.Time    `data:"none"`
	PushID      PushID        `data:"none"` // the push that told of it
	CreatedAt   time.Time     `data:"none"`
	UpdatedAt   time.Time     `data:"none"`
	Version     int           `data:"none"`
}

// ArticleStatus says where an article is on its way to the readers.
type ArticleStatus string

// The states of an article (M7).
const (
	ArticleDraft     ArticleStatus = "draft"
	ArticleSubmitted ArticleStatus = "submitted"
	ArticleApproved  ArticleStatus = "approved"
	ArticleRejected  ArticleStatus = "rejected"
	ArticleScheduled ArticleStatus = "scheduled"
	ArticlePublished ArticleStatus = "published"
	ArticleWithdrawn ArticleStatus = "withdrawn"
)

// ArticleMove is a step of an article.
type ArticleMove string

// The moves of an article. Edit keeps the state.
const (
	EditArticle     ArticleMove = "edit"
	SubmitArticle   ArticleMove = "submit"
	ApproveArticle  ArticleMove = "approve"
	RejectArticle   ArticleMove = "reject"
	ScheduleArticle ArticleMove = "schedule"
	PublishArticle  ArticleMove = "publish"
	WithdrawArticle ArticleMove = "withdraw"
)

var articleArrows = arrows[ArticleStatus, ArticleMove]{
	ArticleDraft:     {EditArticle: ArticleDraft, SubmitArticle: ArticleSubmitted, WithdrawArticle: ArticleWithdrawn},
	ArticleRejected:  {EditArticle: ArticleRejected, SubmitArticle: ArticleSubmitted, WithdrawArticle: ArticleWithdrawn},
	ArticleSubmitted: {ApproveArticle: ArticleApproved, RejectArticle: ArticleRejected, WithdrawArticle: ArticleWithdrawn},
	ArticleApproved:  {ScheduleArticle: ArticleScheduled, PublishArticle: ArticlePublished, WithdrawArticle: ArticleWithdrawn},
	ArticleScheduled: {ScheduleArticle: ArticleScheduled, PublishArticle: ArticlePublished, WithdrawArticle: ArticleWithdrawn},
	ArticlePublished: {WithdrawArticle: ArticleWithdrawn},
}

// Units are where the article belongs.
func (a Article) Units() []UnitID { return []UnitID{a.UnitID} }

// After is the state a move leads to. Fault: illegal_transition.
func (a Article) After(move ArticleMove) (ArticleStatus, error) {
	return articleArrows.from(a.Status, move)
}

// ArticleEvent is one arrow of an article's way. Events are only ever added.
type ArticleEvent struct {
	ID         ID[ArticleEvent] `data:"none"`
	ArticleID  ArticleID        `data:"none"`
	FromStatus ArticleStatus    `data:"none"` // "" at its beginning
	ToStatus   ArticleStatus    `data:"none"`
	ActorID    UserID           `data:"none"` // zero when the clock did it
	Reason     string           `data:"none"`
	At         time.Time        `data:"none"`
}
