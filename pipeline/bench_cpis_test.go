package pipeline

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/pipeline/flow"
	"careshare/pipeline/reporting"
	"careshare/pipeline/snapshot"
	"careshare/sql"
	"careshare/transform"
)

// BenchmarkCPISDay measures one daily run of a council whose CP-IS cohort has COHORT (10000) children, about ten times
// Hackney's, with the day's acknowledgement of all of them, 200 notifications and 20,000 of the year before, against the time
// that it takes to read the same files and to write the same ones, by the engine and the standard library and nothing else.
// x-files is the one over the other; PEOPLE (2800) are the borough's others. x-own-files is the same for what CP-IS alone needs of a run: all sources, its models and
// those that they read, its datasets and its files.
func BenchmarkCPISDay(b *testing.B) {
	cohort, people := numberOf("COHORT", 10_000), numberOf("PEOPLE", 2800)
	c := benchCouncil(b, people, cohort)
	var run, files, runCPU, filesCPU, own, ownFiles time.Duration
	for b.Loop() {
		c.day = c.day.Add(24 * time.Hour)
		c.put("acknowledgements", "today.xml", c.benchAnswer())
		for i := range 200 {
			c.put("notifications", fmt.Sprintf("today-%d.xml", i), accessed(fmt.Sprintf("B%d-%d", c.day.Unix(), i), spareNumber(i*37%cohort), fmt.Sprintf("RX%d", i%9), c.day.Add(-time.Hour)))
		}
		own += c.ownPart(b)
		before := processorTime(b)
		run += timed(b, func() error {
			if code := c.run("run", "--config", c.config(), "--as-at", c.day.Format(time.RFC3339)); code != exit.Done && code != exit.Quarantined {
				return fmt.Errorf("run ended with %d: %s", code, c.stderr)
			}
			return nil
		})
		between := processorTime(b)
		read, write := c.filesAlone(b, func(string) bool { return true })
		runCPU, filesCPU = runCPU+between-before, filesCPU+processorTime(b)-between
		b.ReportMetric(read.Seconds(), "read-s")
		b.ReportMetric(write.Seconds(), "write-s")
		files += read + write
		read, write = c.filesAlone(b, isOfCPIS)
		ownFiles += read + write
	}
	b.ReportMetric(run.Seconds()/float64(b.N), "run-s")
	b.ReportMetric(run.Seconds()/files.Seconds(), "x-files")
	b.ReportMetric(own.Seconds()/float64(b.N), "own-s")
	b.ReportMetric(own.Seconds()/ownFiles.Seconds(), "x-own-files")
	b.ReportMetric(runCPU.Seconds()/float64(b.N), "run-cpu-s")
	b.ReportMetric(filesCPU.Seconds()/float64(b.N), "files-cpu-s") // with the untimed reading of what is written
	b.ReportMetric(0, "ns/op")
}

// benchCouncil is a borough of so many people with so many children on plans besides, each traced, with a year of notifications; two
// runs are made, so that uploads, answers and follow-ups are carried over.
func benchCouncil(b *testing.B, people, cohort int) *council {
	b.Helper()
	c := newCouncil(b, people)
	numbers := filepath.Join(c.folder, "numbers.csv")
	var lines strings.Builder
	var traced []map[string]string
	for i := range cohort {
		fmt.Fprintf(&lines, "%d,%s\n", 7_000_000+i, spareNumber(i))
		traced = append(traced, map[string]string{"UNIQUE REFERENCE": fmt.Sprint(7_000_000+i, "-20261001"), "LOCAL_PATIENT_ID": fmt.Sprint(7_000_000 + i),
			"AS_AT_DATE": "202610011200", "ERROR/SUCCESS_CODE": "00", "MATCHED_NHS_NO": spareNumber(i)})
	}
	if err := os.WriteFile(numbers, []byte(lines.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	c.answerIn(b, filepath.Join(c.folder, "sources", "trace", "inbox", "cohort.csv"), traced...)
	c.enter(strings.ReplaceAll(`create temp table n as select column0 as id, column1 as number from read_csv('NUMBERS', header = false);
		insert into dm_persons by name select id as person_id, number as nhs_id, 'Ann Lee' || id as full_name, 'Ann' as first_name, 'Lee' || id as last_name,
			timestamp '2012-01-01 00:00:00' + to_days((id % 4000)::integer) as date_of_birth, 'F' as gender, 'N' as restricted from n;
		insert into dm_allocated_workers select id, id, 5001 + id % 30, timestamp '2025-01-01 09:00:00', null from n;
		insert into dm_registrations by name select id as registration_id, id as person_id, timestamp '2025-01-01 00:00:00' + to_days((id % 600)::integer) as registration_start_date,
			'Y' as is_child_protection_plan from n where id % 2 = 0;
		insert into dm_periods_of_care select id, id, timestamp '2025-01-01 00:00:00', null from n where id % 2 = 1;
		insert into dm_legal_statuses by name select id as legal_status_id, id as person_id, id as period_of_care_id, 'V2' as legal_status, timestamp '2025-01-01 00:00:00' as start_date
			from n where id % 2 = 1`, "NUMBERS", numbers))
	for i := range 100 { // a year of them, in large messages
		c.put("notifications", fmt.Sprintf("before-%d.xml", i), benchMessage(i, cohort, c.day))
	}
	c.runs(0)
	c.put("acknowledgements", "yesterday.xml", c.benchAnswer())
	c.runs(time.Hour)
	c.enter(`insert into dm_workflow_steps by name select 20000001 + range as workflow_step_id, 601 as workflow_step_type_id, 20000001 + range as subgroup_id,
		'COMPLETED' as step_status, timestamp '2026-10-31 12:00:00' as incoming_on, timestamp '2026-10-31 12:00:00' as started_on, timestamp '2026-10-31 13:00:00' as completed_on,
		5002 as assignee_id from range(19000);
		insert into dm_cached_form_answers by name select 20000001 + n.range as workflow_step_id, 20000001 + n.range as form_id, 1 as form_answer_row_id, mapping_id,
			case question_user_code when 'cpis_outcome' then 'Visit' else 'A' || (n.range // 200) || '/' || (n.range % 200 + 1) end as text_answer
			from range(19000) as n cross join dm_cached_form_questions where question_user_code in ('cpis_message_id', 'cpis_outcome')`)
	for _, folder := range []string{"notifications", "acknowledgements"} {
		if err := os.RemoveAll(filepath.Join(c.folder, "sources", "cpis", folder)); err != nil {
			b.Fatal(err)
		}
	}
	return c
}

// benchMessage holds two hundred accesses of the year before.
func benchMessage(nth, cohort int, until time.Time) string {
	var accesses strings.Builder
	head, rest, _ := strings.Cut(accessed(fmt.Sprint("A", nth), spareNumber(0), "RX1", until.Add(-time.Hour)), "<access>")
	for i := range 200 {
		child, at := (nth*200+i)%cohort, until.Add(-time.Duration(nth*200+i)*25*time.Minute-26*time.Hour)
		one := strings.ReplaceAll(rest[:strings.Index(rest, "</AccessNotification>")], spareNumber(0), spareNumber(child))
		accesses.WriteString("<access>" + strings.ReplaceAll(one, ts(until.Add(-time.Hour)), ts(at)))
	}
	return strings.Replace(head, `Records value="1"`, `Records value="200"`, 1) + accesses.String() + "</AccessNotification>"
}

// benchAnswer acknowledges the newest upload, record by record.
func (c *council) benchAnswer() string {
	var records []string
	rows := c.query(c.t, fmt.Sprintf("select sequence_number, nhs_number, person_id, count_records from %s where is_to_send order by record_position", c.cpis("cpis_uploads")))
	for _, row := range rows {
		records = append(records, "CPR06 "+row[1]+" "+row[2])
	}
	var sequence int64
	var count int
	if _, err := fmt.Sscan(rows[0][0], &sequence); err != nil {
		c.t.Fatal(err)
	}
	if _, err := fmt.Sscan(rows[0][3], &count); err != nil {
		c.t.Fatal(err)
	}
	return answered(sequence, count, "CPF02", c.day.Add(-time.Hour), records...)
}

// ownPart makes what CP-IS alone needs of the day's run, from the lake as it stands before it.
func (c *council) ownPart(b *testing.B) time.Duration {
	b.Helper()
	j := c.world.prepare(b, c.day)
	known, err := j.Recall(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	run := scratchRun(b, c.day)
	return timed(b, func() error {
		tables, err := j.Extract(b.Context(), flow.Folders{Raw: run.Raw, Private: run.Private, Quarantine: run.Quarantine, Spill: run.Spill})
		if err != nil {
			return err
		}
		db, err := j.Gather(b.Context(), known, run, tables)
		if err != nil {
			return err
		}
		defer db.Close()
		models := j.Models.For("cpis")
		if _, err := transform.Run(b.Context(), db, models, j.LinkPeople(db, known)); err != nil {
			return err
		}
		manifest := lake.Manifest{Run: run.ID, AsAt: run.AsAt}
		for _, model := range models.Published() {
			manifest.Datasets = append(manifest.Datasets, lake.Disclosure{Dataset: model.Dataset})
		}
		return errors.Join(copyPublished(b.Context(), db, models, run.Private),
			reporting.MakeCPIS(b.Context(), snapshot.Source{DB: db, Manifest: manifest, To: filepath.Join(run.Reports, reporting.CPISName), Scratch: run.Spill}))
	})
}

// isOfCPIS says whether a snapshot's file is among those that ownPart makes too.
func isOfCPIS(path string) bool {
	return strings.Contains(path, "/raw/") || strings.Contains(path, "/trusted/cpis/") || strings.Contains(path, "/reports/cpis/")
}

// filesAlone reads every file that the last run read and writes every file that it wrote, of those that count: tables by the
// engine alone, messages by the standard library's decoder, the rest as bytes.
func (c *council) filesAlone(b *testing.B, counts func(path string) bool) (read, write time.Duration) {
	ctx, to := context.Background(), b.TempDir()
	db, err := sql.Open(ctx, sql.Options{Memory: "1500MB", Threads: config.DefaultThreads(), Spill: filepath.Join(to, "spill"), Allow: []string{c.folder, to}})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	do := func(statement string) error { _, err := db.ExecContext(ctx, statement); return err }
	if err := do("attach " + sql.Quote(filepath.Join(c.folder, "sources", "case_store.duckdb")) + " as store (read_only)"); err != nil {
		b.Fatal(err)
	}
	read += timed(b, func() error { return eachFile(filepath.Join(c.folder, "sources", "cpis"), decodeXML) })
	read += timed(b, func() error {
		return eachFile(filepath.Join(c.folder, "sources", "trace"), func(path string) error {
			return do("create or replace temp table answers as from read_csv(" + sql.Quote(path) + ", all_varchar = true, header = true)")
		})
	})
	read += timed(b, func() error { return readByHand(b, c.world) })
	nth := 0
	err = eachFile(c.current()+"/", func(path string) error {
		if nth++; !counts(path) {
			return nil
		}
		out := sql.Quote(filepath.Join(to, fmt.Sprint(nth)))
		if !strings.HasSuffix(path, ".parquet") {
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			write += timed(b, func() error { return os.WriteFile(filepath.Join(to, fmt.Sprint(nth)), content, 0o600) })
			return nil
		}
		from := "read_parquet(" + sql.Quote(path) + ", hive_partitioning = false)"
		if strings.Contains(path, "/raw/casestore/") {
			from = "store." + filepath.Base(filepath.Dir(path))
		}
		took := timed(b, func() error { return do("create or replace temp table file as from " + from) })
		if strings.Contains(path, "/raw/casestore/") || strings.Contains(path, "/trusted/cpis/") { // the run reads these: the sources, and what it carries over
			read += took
		}
		write += timed(b, func() error { return do("copy file to " + out + " (format parquet)") })
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return read, write
}

func eachFile(folder string, do func(path string) error) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		return do(path)
	})
}

func decodeXML(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	for decoder := xml.NewDecoder(file); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
