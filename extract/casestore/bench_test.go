package casestore

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"careshare/extract"
	"careshare/extract/casestore/postgrestest"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"
)

// BenchmarkPullPostgres measures Read against COPY ... TO STDOUT (FORMAT binary) of the same columns of the same tables,
// thrown away: over one connection, table after table ("x-floor"), and over as many connections as Read uses
// ("x-parallel-floor"). CASESTORE_BENCH_PEOPLE sets the size, CASESTORE_BENCH_CONNECTIONS the connections.
func BenchmarkPullPostgres(b *testing.B) {
	people, connections := setting("CASESTORE_BENCH_PEOPLE", 20_000), setting("CASESTORE_BENCH_CONNECTIONS", runtime.NumCPU()+1)
	folder := b.TempDir()
	writeStore(b, folder, func(table string) int { return int(share[table] * float64(people)) })
	url := loadPostgres(b, postgrestest.Start(b), "borough", folder)
	execute(b, connect(b, url), "vacuum analyze")
	discard(b, url, 1) // warm
	var floor, parallel, pulled, floorCPU, pulledCPU time.Duration
	var rows int64
	for b.Loop() {
		before := spent(b)
		floor += discard(b, url, 1)
		floorCPU += spent(b) - before
		parallel += discard(b, url, connections)
		o := options(b, "postgres", url)
		o.Connections = connections
		started, before := time.Now(), spent(b)
		tables := mustRead(b, o)
		pulled, pulledCPU = pulled+time.Since(started), pulledCPU+spent(b)-before
		rows = 0
		for _, t := range tables {
			rows += t.RowsOut
		}
		os.RemoveAll(o.To)
	}
	b.ReportMetric(float64(pulled)/float64(floor), "x-floor")
	b.ReportMetric(float64(pulled)/float64(parallel), "x-parallel-floor")
	b.ReportMetric(pulled.Seconds()/float64(b.N), "pull-s/op")
	b.ReportMetric(floor.Seconds()/float64(b.N), "floor-s/op")
	b.ReportMetric(pulledCPU.Seconds()/float64(b.N), "pull-cpu-s/op") // this process's alone: steadier on a busy machine
	b.ReportMetric(floorCPU.Seconds()/float64(b.N), "floor-cpu-s/op")
	b.ReportMetric(float64(rows), "rows")
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	b.ReportMetric(float64(memory.Sys)/1e6, "go-MB")
}

// share is how many rows a person brings to a table.
var share = map[string]float64{
	"dm_persons": 1, "dm_addresses": 1.4, "dm_telephone_numbers": 1.2, "dm_person_references": 0.4,
	"dm_personal_relationships": 0.8, "dm_workflow_steps": 1.2, "dm_subgroup_subjects": 1.3, "dm_cached_form_answers": 3,
	"dm_allocated_workers": 0.3, "dm_prof_relationships": 0.2, "dm_visits": 0.8, "dm_cin_referrals": 0.05,
	"dm_registrations": 0.01, "dm_registration_categories": 0.01, "dm_periods_of_care": 0.01, "dm_cla_summaries": 0.03,
	"dm_placements": 0.02, "dm_placement_details": 0.02, "dm_legal_statuses": 0.02, "dm_disabilities": 0.1,
	"dm_service_user_groups": 0.2, "dm_workers": 0.005, "dm_worker_roles": 0.005,
}

func setting(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// discard copies every table to nowhere and says how long it took.
func discard(b *testing.B, url string, connections int) time.Duration {
	tables, err := contract()
	if err != nil {
		b.Fatal(err)
	}
	free := make(chan *pgx.Conn, connections)
	for range connections {
		free <- connect(b, url)
	}
	started := time.Now()
	var group errgroup.Group
	group.SetLimit(connections)
	for _, t := range tables {
		group.Go(func() error {
			conn := <-free
			defer func() { free <- conn }()
			var names []string
			for _, c := range t.columns {
				names = append(names, c.name)
			}
			query := "copy " + t.name + " (" + strings.Join(names, ", ") + ") to stdout (format binary)"
			_, err := conn.PgConn().CopyTo(context.Background(), io.Discard, query)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		b.Fatal(err)
	}
	return time.Since(started)
}

// spent is the processor time of this process so far.
func spent(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func mustRead(b *testing.B, o Options) []extract.Table {
	quarantine, err := extract.OpenQuarantine(filepath.Join(b.TempDir(), "q.parquet"), true)
	if err != nil {
		b.Fatal(err)
	}
	defer quarantine.Close()
	o.Quarantine = quarantine
	tables, err := Read(context.Background(), o)
	if err != nil {
		b.Fatal(err)
	}
	return tables
}
