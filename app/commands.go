package app

import "slices"

// commands lists them. It is a function because help lists it in turn.
func commands() []command { return slices.Concat(serving(), tending(), telling()) }

// serving are the commands that run until they are stopped.
func serving() []command {
	return []command{
		{
			"serve", "", "serve the API and work, with the WeChat sandbox beside it in development",
			`Serves the API and does the work that follows, in one process; JINLIN_ROLES=api or worker leaves it one of
the two. With nothing configured everything it needs runs inside it: a SQLite file in ./data, Redis, a WeChat
sandbox and a demo county. It says where each of them answers, and ends with status 0 after SIGTERM once
running requests and jobs have ended.`, serve,
		},
		{
			"worker", "", "work only: jobs and pushes",
			`Does the work that follows commits (jobs, the daily push) and serves no API: ` + "`serve`" + ` with JINLIN_ROLES=worker.
Any number of workers share the work.`, work,
		},
		{
			"sandbox", "", "run the WeChat sandbox alone",
			`Runs the WeChat sandbox at JINLIN_SANDBOX_ADDR, for a team without an AppID. Its state lives in the data folder.
It sends its events to the API at JINLIN_HTTP_ADDR; the API finds it by JINLIN_WECHAT_URL.`, runSandbox,
		},
	}
}

// tending are those that look after a deployment, and the tour.
func tending() []command {
	return []command{
		{
			"ledger", "verify [HEAD…]", "ledger verify: check that all points and goods add up",
			`Checks, as of one moment and without stopping anybody, that all love-points and all goods add up and that no
posting was changed since it was sealed; prints the figures, and fails with the name of the first rule that does
not hold, and the row. A HEAD is one that an earlier run printed; it must still be in its chain. It changes nothing.`, checkLedger,
		},
		{
			"audit", "verify [HEAD…]", "audit verify: check that the record of staff's acts is as it was written",
			`Computes the chain of the audit record anew, as of one moment and without stopping anybody; says how many rows it
holds and how many are not sealed yet, and fails with the name of the first row that was changed, removed or put in
between. A HEAD is one that an earlier run printed; it must still be in the chain. Note one in a place that whoever
writes to the database cannot reach: it shows even a chain that was computed anew. It changes nothing.`, checkAudit,
		},
		{
			"tour", "[--api URL] [--sandbox URL] [--record FILE | --verify FILE] [--lang zh|en]",
			"play the county's day against the running service, over HTTP only",
			`Plays a day of the county as its people, over HTTP only, and ends with figures. --api and --sandbox say where the
service and its WeChat sandbox answer. --record appends every acknowledged fact to a file, and --verify reads such
a file back instead of playing, so that a crash between the two can be measured. --lang is the language it tells in.`, playTour,
		},
		{
			"migrate", "", "bring the database to this program's schema",
			`Brings the database to the schema of this program, forward only, and says how many migrations that took. Replicas
may call it at once; it happens once.`, migrate,
		},
		{
			"begin", "COUNTY USER-ID USER-ID", "found the county and make its first two clerks",
			`Founds the county in a database that has none and makes two people its clerks, who from then on give all other roles
and import the units below it. They have signed in to the mini-program once and read their ids under GET /v1/me. There are
two because what one clerk gives another a second one confirms. It is refused once the county has a clerk.`, begin,
		},
		{
			"doctor", "", "look at everything the service needs and say what is wrong",
			`Looks at the data folder, the database and its schema, Redis, WeChat, the buried jobs, the field keys and the sealer,
says of each whether it is well, and fails when one is not. It changes nothing.`, doctor,
		},
		{
			"keys", "[rotate]", "say what stands under which field key; `keys rotate` brings all under the newest",
			`Says how many sealed rows stand under another field key than the newest. ` + "`keys rotate`" + ` brings them under it, while
the service runs; it may be stopped and begun again at any time, and workers do the same once an hour. When none is left,
put a dash in the place of the older key in JINLIN_FIELD_KEYS.`, fieldKeysCommand,
		},
		{
			"jobs", "[revive ID…|all]", "list buried jobs; `jobs revive ID…|all` makes them ready again",
			`Lists the jobs that failed too often and wait for a person. ` + "`jobs revive`" + ` makes those named, or all of them, ready
to be tried again.`, buriedJobs,
		},
	}
}

// telling are those that say something of the program.
func telling() []command {
	return []command{
		{"openapi", "", "print the description of the API", `Prints the description of the API, OpenAPI 3.1 in YAML.`, printOpenAPI},
		{"env", "", "print .env.example", `Prints every setting with its meaning and default, in the form of .env.example.`, printEnv},
		{
			"health", "", "ask the running service whether it is ready",
			`Asks the service on this machine, at the port of JINLIN_ADMIN_ADDR, whether it can serve, and fails when it cannot:
a container's health check.`, health,
		},
		{"version", "", "print the version", `Prints the version.`, printVersion},
	}
}
