package wechat

import (
	"context"
	"errors"
	"time"

	"github.com/silenceper/wechat/v2/credential"
)

// tokenFetcher asks stable_token through the SDK, past the SDK's own cache:
// that one treats a failing Redis as a failing WeChat and accepts {} as a token.
func (g *Gateway) tokenFetcher() tokenFetcher {
	//nolint:errcheck // the constructor hides the type it always gives; another one should stop us at start
	sdk := credential.NewStableAccessToken(g.cfg.AppID, g.cfg.Secret, "", uncached{}).(*credential.StableAccessToken)
	return func(ctx context.Context, force bool) (got issued, err error) {
		err = g.call(ctx, stableToken, func(ctx context.Context) (answer, error) {
			asked := g.now()
			res, err := sdk.GetAccessTokenDirectly(ctx, force)
			if err == nil && (res.AccessToken == "" || res.ExpiresIn <= 0) {
				err = errors.New("no token in it")
			}
			life := max(time.Duration(res.ExpiresIn)*time.Second-spareLife, leastLife)
			got = issued{token: res.AccessToken, until: asked.Add(life)}
			return answer{Code: res.ErrCode, Msg: res.ErrMsg}, err
		})
		if err != nil {
			return issued{}, err
		}
		return got, nil
	}
}

// uncached is there because the SDK panics without a cache.
type uncached struct{}

func (uncached) Get(string) any                       { return nil }
func (uncached) Set(string, any, time.Duration) error { return nil }
func (uncached) IsExist(string) bool                  { return false }
func (uncached) Delete(string) error                  { return nil }
