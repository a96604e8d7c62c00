package pipeline

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"careshare/sql"
)

// BenchmarkReturns measures all statutory returns of a borough of PEOPLE (28000) in PostgreSQL, their models, their Parquet and the
// files for upload, against pulling the case store in the same run; the best of three rounds of each. x-pull is the time of the
// returns over the pull's.
func BenchmarkReturns(b *testing.B) {
	people, err := strconv.Atoi(os.Getenv("PEOPLE"))
	if err != nil {
		people = 28_000
	}
	w, _ := benchWorld(b, people)
	var pulls, returns []time.Duration
	for range 3 {
		pull, made := returnsRound(b, w)
		pulls, returns = append(pulls, pull), append(returns, made+timed(b, func() error { return filesAgain(b, w) }))
	}
	b.ReportMetric(slices.Min(pulls).Seconds(), "pull-s")
	b.ReportMetric(slices.Min(returns).Seconds(), "returns-s")
	b.ReportMetric(slices.Min(returns).Seconds()/slices.Min(pulls).Seconds(), "x-pull")
	b.ReportMetric(0, "ns/op")
}

// returnsRound pulls the case store, makes every model that a run needs, and gives the time of the pull and of what lies in
// returns/ alone: its models, and the Parquet of those that are published.
func returnsRound(b *testing.B, w world) (pull, made time.Duration) {
	b.Helper()
	j, run := benchRun(b, w)
	places := folders{raw: run.Raw, private: run.Private, quarantine: run.Quarantine, spill: run.Spill}
	sources := j.sources(places)
	at := slices.IndexFunc(sources, func(s source) bool { return s.name == "casestore" })
	pull = timed(b, func() error {
		_, err := sources[at].take(b.Context(), places)
		return err
	})
	if err := os.RemoveAll(sources[at].to); err != nil {
		b.Fatal(err)
	}
	tables, err := j.take(b.Context(), places)
	if err != nil {
		b.Fatal(err)
	}
	db, err := j.gather(b.Context(), memory{}, run, tables)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	slow := map[string]time.Duration{}
	for _, model := range j.models.Needed() {
		took := timed(b, func() error { return makeBare(b, db, model) })
		if !strings.HasPrefix(model.Folder, "returns") {
			continue
		}
		if model.Dataset != "" {
			took += timed(b, func() error {
				_, err := db.ExecContext(b.Context(), "copy "+model.Name+" to "+sql.Quote(filepath.Join(run.Private, model.Name+".parquet"))+" (format parquet)")
				return err
			})
		}
		made, slow[model.Name] = made+took, took
	}
	logSlowest(b, slow)
	return pull, made
}

// logSlowest shows with -v where the time of the returns' models goes.
func logSlowest(b *testing.B, took map[string]time.Duration) {
	b.Helper()
	var names []string
	for name := range took {
		names = append(names, name)
	}
	slices.SortFunc(names, func(x, y string) int { return int(took[y] - took[x]) })
	for _, name := range names[:min(len(names), 25)] {
		b.Logf("%8.3f s %s", took[name].Seconds(), name)
	}
}

// filesAgain writes every return's files from the published datasets, as a run does.
func filesAgain(b *testing.B, w world) error {
	p := &program{now: time.Now, configPath: w.config()}
	config, err := readConfig(p.configPath)
	if err != nil {
		return err
	}
	_, snapshot, manifest, err := p.openChosen(config, reportOptions{})
	if err != nil {
		return err
	}
	return makeReports(b.Context(), config, snapshot, manifest, b.TempDir(), b.TempDir(), []layout{{name: "returns", make: makeReturns}})
}
