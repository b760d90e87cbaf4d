package store

import (
	"context"
	"strings"

	"jinlin/model"
)

// PublicGrams are an inverted index over the public versions of open requests.
type PublicGrams struct{ table[model.PublicGram] }

// SaveOf writes the grams and spots of a request anew.
func (t PublicGrams) SaveOf(ctx context.Context, community model.UnitID, id model.RequestID, all []int64) error {
	if err := t.DeleteOf(ctx, id); err != nil {
		return err
	}
	rows := make([]*model.PublicGram, len(all))
	for i, gram := range all {
		rows[i] = &model.PublicGram{CommunityID: community, Gram: gram, RequestID: id}
	}
	return t.Add(ctx, rows...)
}

// DeleteOf takes a request out.
func (t PublicGrams) DeleteOf(ctx context.Context, id model.RequestID) error {
	return named(plain(t.write(ctx).Where("request_id = ?", id).Delete(&model.PublicGram{}).Error))
}

// GramPostings is how many requests of one gram are looked at, the newest ones. It bounds what
// a look costs however many requests there are: of what many have in common, old ones are the
// least likely to be meant.
const GramPostings = 32

// ListAlike are at most limit requests of a community that share grams or spots, those that share
// most first, and the newest of equals.
func (t PublicGrams) ListAlike(ctx context.Context, community model.UnitID, grams []int64, limit int) ([]model.RequestID, error) {
	if len(grams) == 0 {
		return nil, nil
	}
	const one = "SELECT request_id FROM (SELECT request_id FROM public_grams WHERE community_id = ? AND gram = ? ORDER BY request_id DESC LIMIT ?) AS g"
	parts, args := make([]string, len(grams)), make([]any, 0, 3*len(grams)+1)
	for i, gram := range grams {
		parts[i], args = one, append(args, community, gram, GramPostings)
	}
	var ids []model.RequestID
	err := t.c.reads.WithContext(ctx).Raw("SELECT request_id FROM ("+strings.Join(parts, " UNION ALL ")+
		") AS shared GROUP BY request_id ORDER BY COUNT(*) DESC, request_id DESC LIMIT ?", append(args, limit)...).Scan(&ids).Error
	return ids, named(plain(err))
}
