package points

import (
	"context"
	"fmt"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Notices tells people things, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

const pointsPage = "pages/points/index"

func awarded(a model.PointsAward) model.Notice {
	return model.Notice{
		User: a.UserID, Kind: "points_award", Link: pointsPage, Key: "award/" + a.ID.String(),
		Title: fault.Text{ZH: "爱心积分到账", EN: "You were awarded love-points"},
		Text: fault.Text{
			ZH: fmt.Sprintf("您获得 %d 个爱心积分。事由：%s", a.Points, a.Cause),
			EN: fmt.Sprintf("You were awarded %d love-points. Cause: %s", a.Points, a.Cause),
		},
	}
}

// ending says when points can be spent for the last time: the day before they are no more.
func ending(user model.UserID, points int64, on model.Date) model.Notice {
	last := on.AddDays(-1)
	return model.Notice{
		User: user, Kind: "points_ending", Link: pointsPage, Key: "points_ending/" + string(on),
		Title: fault.Text{ZH: "爱心积分即将到期", EN: "Some of your love-points run out soon"},
		Text: fault.Text{
			ZH: fmt.Sprintf("您有 %d 个爱心积分将于 %s 到期，请在当天之前（含当天）使用。", points, last),
			EN: fmt.Sprintf("%d of your love-points run out. The last day to spend them is %s.", points, last),
		},
	}
}
