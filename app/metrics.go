package app

import (
	"context"
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"jinlin/model"
	"jinlin/service/chain"
)

// metrics is what Prometheus can ask for, on the admin listener only.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	jobs     *prometheus.HistogramVec
	wechat   *prometheus.HistogramVec
}

func newMetrics() *metrics {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	f := promauto.With(r)
	buckets := []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	return &metrics{
		registry: r,
		requests: f.NewHistogramVec(prometheus.HistogramOpts{
			Name: "jinlin_http_request_seconds", Help: "Requests by operation and status.", Buckets: buckets,
		}, []string{"operation", "status"}),
		jobs: f.NewHistogramVec(prometheus.HistogramOpts{
			Name: "jinlin_job_seconds", Help: "Jobs by kind and outcome.", Buckets: buckets,
		}, []string{"kind", "outcome"}),
		wechat: f.NewHistogramVec(prometheus.HistogramOpts{
			Name: "jinlin_wechat_call_seconds", Help: "Calls to WeChat by API and errcode.", Buckets: buckets,
		}, []string{"api", "errcode"}),
	}
}

func (m *metrics) request(operation string, status int, took time.Duration) {
	m.requests.WithLabelValues(operation, strconv.Itoa(status)).Observe(took.Seconds())
}

func (m *metrics) job(kind string, err error, took time.Duration) {
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	m.jobs.WithLabelValues(kind, outcome).Observe(took.Seconds())
}

func (m *metrics) call(api string, code int64, took time.Duration) {
	m.wechat.WithLabelValues(api, strconv.FormatInt(code, 10)).Observe(took.Seconds())
}

// watchJobs adds gauges that are read from the database when Prometheus asks.
func (a *App) watchJobs() {
	f := promauto.With(a.metrics.registry)
	f.NewGaugeFunc(prometheus.GaugeOpts{Name: "jinlin_jobs_buried", Help: "Jobs that wait for a person."}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		n, err := a.Store.Jobs.Count(ctx, model.JobBuried)
		if err != nil {
			return -1
		}
		return float64(n)
	})
	f.NewGaugeFunc(prometheus.GaugeOpts{Name: "jinlin_jobs_oldest_due_seconds", Help: "How long the oldest due job has waited."}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		since, waiting, err := a.Store.Jobs.OldestDue(ctx)
		if err != nil || !waiting {
			return 0
		}
		return a.Store.Now().Sub(since).Seconds()
	})
}

// watchChains says how far the sealer is behind, read from the database when Prometheus asks.
func (a *App) watchChains() {
	f := promauto.With(a.metrics.registry)
	for _, name := range model.Chains {
		labels := prometheus.Labels{"chain": string(name)}
		lag := func(of func(chain.Waiting) float64) func() float64 {
			return func() float64 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Second)
				defer cancel()
				waiting, err := chain.Lag(ctx, a.Store, name)
				if err != nil {
					return -1
				}
				return of(waiting)
			}
		}
		f.NewGaugeFunc(prometheus.GaugeOpts{Name: "jinlin_unsealed_rows", Help: "Rows that wait for the sealer.", ConstLabels: labels},
			lag(func(w chain.Waiting) float64 { return float64(w.Rows) }))
		f.NewGaugeFunc(prometheus.GaugeOpts{Name: "jinlin_unsealed_oldest_seconds", Help: "How long the oldest row has waited for the sealer.", ConstLabels: labels},
			lag(func(w chain.Waiting) float64 { return w.Age(a.Store.Now()).Seconds() }))
	}
}

// adminHandler serves metrics, pprof and health. It is never public.
func (a *App) adminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.metrics.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("alive\n")) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := a.ready(r.Context()); err != nil {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ready\n"))
	})
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}

// ready says whether requests can be served: the database answers. Redis may be away.
func (a *App) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return a.Store.Ping(ctx)
}
