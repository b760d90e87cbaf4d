// Package kvtest looks into Redis for tests.
package kvtest

import (
	"fmt"
	"testing"

	"github.com/redis/go-redis/v9"
)

// Texts is every key of a Redis database with what is under it.
func Texts(t testing.TB, url string) (texts []string) {
	t.Helper()
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client, ctx := redis.NewClient(options), t.Context()
	defer func() { _ = client.Close() }()
	keys := client.Scan(ctx, 0, "*", 1000).Iterator()
	for keys.Next(ctx) {
		key := keys.Val()
		var under any
		switch kind, _ := client.Type(ctx, key).Result(); kind {
		case "string":
			under = client.Get(ctx, key).Val()
		case "hash":
			under = client.HGetAll(ctx, key).Val()
		case "list":
			under = client.LRange(ctx, key, 0, -1).Val()
		case "set":
			under = client.SMembers(ctx, key).Val()
		case "zset":
			under = client.ZRange(ctx, key, 0, -1).Val()
		}
		texts = append(texts, fmt.Sprint(key, " ", under))
	}
	if err := keys.Err(); err != nil {
		t.Fatal(err)
	}
	return texts
}
