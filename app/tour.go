package app

import (
	"cmp"
	"context"
	"flag"
	"io"

	"jinlin/app/tour"
	"jinlin/config"
)

// playTour plays the county's day against a running service, which need not be this program.
func playTour(ctx context.Context, c config.Config, in invocation) error {
	flags := flag.NewFlagSet("jinlin tour", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // one line is enough
	o := tour.Options{Out: in.out}
	flags.StringVar(&o.API, "api", "http://"+c.HTTPAddr, "where the API answers")
	flags.StringVar(&o.Sandbox, "sandbox", cmp.Or(c.WeChatURL, "http://"+c.SandboxAddr), "where the WeChat sandbox answers")
	flags.StringVar(&o.Record, "record", "", "file to append every acknowledged fact to; a lost connection ends the tour")
	flags.StringVar(&o.Verify, "verify", "", "file of acknowledged facts to read back, instead of playing")
	language := flags.String("lang", "zh", "zh or en")
	if err := flags.Parse(in.args); err != nil || flags.NArg() > 0 || *language != "zh" && *language != "en" {
		return misused("tour")
	}
	o.English = *language == "en"
	return tour.Run(ctx, o)
}
