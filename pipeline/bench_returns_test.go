package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"careshare/load/lake"
	"careshare/pipeline/flow"
	"careshare/pipeline/relations"
	"careshare/pipeline/returns"
	"careshare/pipeline/snapshot"
	"careshare/schedules/london"
	"careshare/sql"
	"careshare/transform"

	"golang.org/x/sync/errgroup"
)

// spent is how long something took, and how much of the processors this process used meanwhile.
type spent struct{ wall, processor time.Duration }

func (s spent) plus(other spent) spent {
	return spent{s.wall + other.wall, s.processor + other.processor}
}

// BenchmarkReturns measures all statutory returns of a borough of PEOPLE (28000), their models, their Parquet and the files for
// upload, against pulling the case store from PostgreSQL in the same round; the best of ROUNDS (3). x-pull is the returns' time over
// the pull's, x-pull-cpu the same by processor time, of which the pull's leaves the server's out.
func BenchmarkReturns(b *testing.B) {
	w, _ := benchBorough(b, numberOf("PEOPLE", 28_000))
	var pulls, returns []spent
	for range numberOf("ROUNDS", 3) {
		pull, made := returnsRound(b, w)
		pulls, returns = append(pulls, pull), append(returns, made)
	}
	byWall := func(x, y spent) int { return int(x.wall - y.wall) }
	byProcessor := func(x, y spent) int { return int(x.processor - y.processor) }
	b.ReportMetric(slices.MinFunc(pulls, byWall).wall.Seconds(), "pull-s")
	b.ReportMetric(slices.MinFunc(returns, byWall).wall.Seconds(), "returns-s")
	b.ReportMetric(slices.MinFunc(returns, byWall).wall.Seconds()/slices.MinFunc(pulls, byWall).wall.Seconds(), "x-pull")
	b.ReportMetric(slices.MinFunc(returns, byProcessor).processor.Seconds()/slices.MinFunc(pulls, byProcessor).processor.Seconds(), "x-pull-cpu")
	b.ReportMetric(0, "ns/op")
}

// returnsRound pulls the case store, makes what the returns read, and gives what the pull took and what the returns alone took:
// their models, the Parquet of those that are published, and the files of every window.
func returnsRound(b *testing.B, w world) (pull, made spent) {
	b.Helper()
	j, run := benchRun(b, w)
	places := flow.Folders{Raw: run.Raw, Private: run.Private, Quarantine: run.Quarantine, Spill: run.Spill}
	for _, source := range j.Sources(places) {
		if source.Name != "casestore" && source.Name != "reference" {
			continue
		}
		took := used(b, func() error {
			_, err := source.Take(b.Context(), places, 100)
			return err
		})
		if source.Name == "casestore" {
			pull = took
		}
	}
	db, err := openReturns(b, j, run)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	models := j.Models.Makeable([]string{"int_nhs_numbers"}, []string{"casestore", "config", "earlier", "reference"}).For("returns")
	var returns transform.Models
	for _, model := range models.Tables {
		if strings.HasPrefix(model.Folder, "returns") {
			returns.Tables = append(returns.Tables, model)
		} else if err := makeBare(b, db, model); err != nil {
			b.Fatal(err)
		}
	}
	var parts [3]spent
	parts[0] = used(b, func() error {
		_, err := transform.Run(b.Context(), db, returns)
		return err
	})
	parts[1] = used(b, func() error { return copyPublished(b.Context(), db, returns, run.Private) })
	from := snapshot.Source{DB: db, Manifest: lake.Manifest{Run: run.ID, AsAt: run.AsAt}, To: filepath.Join(run.Reports, "returns"), Scratch: run.Spill}
	parts[2] = used(b, func() error { return makeHeld(b.Context(), from) })
	for i, name := range []string{"models", "Parquet", "files for upload"} {
		b.Logf("%8.3f s %8.3f s of processors %s", parts[i].wall.Seconds(), parts[i].processor.Seconds(), name)
	}
	return pull, parts[0].plus(parts[1]).plus(parts[2])
}

// makeHeld makes as many returns at a time as a run does.
func makeHeld(ctx context.Context, from snapshot.Source) error {
	held, err := returns.HeldPeriods(ctx, from)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(sql.AtATime)
	for _, r := range returns.Layouts(held) {
		group.Go(func() error { return r.Make(ctx, from) })
	}
	return group.Wait()
}

// copyPublished writes the datasets as many at a time as a run does.
func copyPublished(ctx context.Context, db *sql.DB, models transform.Models, to string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(sql.AtATime)
	for _, model := range models.Published() {
		group.Go(func() error {
			_, err := db.ExecContext(ctx, "copy "+model.Name+" to "+sql.Quote(filepath.Join(to, model.Name+".parquet"))+" (format parquet)")
			return err
		})
	}
	return group.Wait()
}

// openReturns opens the engine over what was pulled, as a return that is made anew has it, for every window of a run. Everybody's
// NHS number is the one held, which costs the returns as much as a decided one.
func openReturns(b *testing.B, j *flow.Job, run *lake.Run) (*sql.DB, error) {
	b.Helper()
	pulled := lake.Snapshot{Path: filepath.Dir(run.Raw)}
	db, err := j.Config.OpenEngine(b.Context(), run.Spill, run.Folder())
	if err != nil {
		return nil, err
	}
	day, err := london.Day(j.AsAt)
	if err != nil {
		return nil, err
	}
	tables, err := j.Relations(flow.Memory{}, nil, j.Config.Returns.Periods(day))
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(snapshot.RefinedFile(pulled, "int_nhs_numbers")), 0o700); err != nil {
		return nil, err
	}
	_, err = db.ExecContext(b.Context(), fmt.Sprintf("copy (select person_id, cast(nhs_id as varchar) as nhs_number, 'held' as standing from read_parquet(%s)) to %s (format parquet)",
		sql.Quote(filepath.Join(pulled.Path, "raw", "casestore", "dm_persons", "part-0.parquet")), sql.Quote(snapshot.RefinedFile(pulled, "int_nhs_numbers"))))
	return db, errors.Join(err, relations.Create(b.Context(), db, tables), flow.CreateRaw(b.Context(), db, pulled), flow.Memory{}.CreateEarlier(b.Context(), db, j.Contracts))
}

func used(b *testing.B, do func() error) spent {
	b.Helper()
	before := processorTime(b)
	wall := timed(b, do)
	return spent{wall, processorTime(b) - before}
}
