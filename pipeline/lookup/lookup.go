// Package lookup asks PDS now about people who cannot wait for the batch trace.
package lookup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"careshare/extract/pds"
	"careshare/extract/trace"
	"careshare/load/disk"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/snapshot"
	"careshare/reports"
	"careshare/schedules/london"
	"careshare/sql"
)

// Result is what was asked and answered.
type Result struct {
	Snapshot string         `json:"snapshot"`
	People   int            `json:"people"` // looked up
	Codes    map[string]int `json:"codes"`  // answers by code of the trace service
	File     string         `json:"file"`   // in the trace inbox; empty: nobody is urgent, or all were looked up before
}

// Text prints one line.
func (r Result) Text(w io.Writer) {
	if r.File == "" {
		fmt.Fprintln(w, "nobody to look up: no urgent person of the newest trace request is left")
		return
	}
	found := r.Codes["00"] + r.Codes["90"] + r.Codes["92"]
	fmt.Fprintf(w, "looked up %s: %d found, %d not; the next run takes %s\n", reports.Counted(r.People, "person"), found, r.People-found, r.File)
}

// Urgent looks up the people of the newest trace request who have a new plan, or are newly looked after, one search each.
// The answers go into the trace inbox as one file, whole, and follow the trace rules. A second call for the same
// snapshot asks nobody again.
func Urgent(ctx context.Context, console *console.Console, c config.Config) (Result, error) {
	client, err := c.PDS.Open(console.Now)
	if err != nil {
		return Result{}, err
	}
	defer client.Close()
	l, err := c.OpenLake(console.Now)
	if err != nil {
		return Result{}, err
	}
	current, err := l.Current()
	if err != nil {
		return Result{}, err
	}
	result := Result{Snapshot: current.ID, Codes: map[string]int{}}
	path := filepath.Join(c.Trace.Folder, "inbox", "pds_"+current.ID+".csv")
	if _, err := os.Stat(path); err == nil {
		return result, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return result, fault.Explain("look up", err)
	}
	people, err := urgent(ctx, c, l, current)
	if err != nil || len(people) == 0 {
		return result, err
	}
	answers, err := ask(ctx, console, client, people)
	if err != nil {
		return result, fmt.Errorf("look up: nothing was kept: %w", err)
	}
	var text bytes.Buffer
	if err := trace.Write(&text, answers); err != nil {
		return result, fmt.Errorf("look up: %w", err)
	}
	if err := disk.WriteFrom(path, &text); err != nil {
		return result, fault.Explain("look up", err)
	}
	for _, a := range answers {
		result.Codes[a.Code]++
	}
	result.People, result.File = len(answers), path
	return result, nil
}

// person is one line of the trace request.
type person struct {
	reference, id string
	query         pds.Query
}

// urgentQuery selects the lines of people whose plan, or time of being looked after, began lately and is open.
const urgentQuery = `
select lines.unique_reference, lines.local_patient_id, lines.nhs_no, lines.family_name, lines.given_name, lines.date_of_birth
from %s as lines
where exists (
	select 1 from %s as episodes
	where episodes.person_id = try_cast(lines.local_patient_id as bigint) and episodes.is_open
		and episodes.kind in ('child_protection', 'looked_after')
		and episodes.opened_at > cast(? as timestamp) - ? * interval '1' day
)
order by lines.unique_reference`

func urgent(ctx context.Context, c config.Config, l *lake.Lake, current lake.Snapshot) (people []person, err error) {
	lines, found, err := l.Kept(ctx, snapshot.TraceLines)
	if err != nil || !found {
		return nil, err
	}
	episodes, found, err := l.Kept(ctx, "int_episodes")
	if err != nil || !found {
		return nil, err
	}
	manifest, err := current.Manifest()
	if err != nil {
		return nil, err
	}
	asAt, err := london.In(manifest.AsAt)
	if err != nil {
		return nil, err
	}
	db, err := c.OpenAside(ctx, current.Path)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	query := fmt.Sprintf("select coalesce(columns(*)::varchar, '') from ("+urgentQuery+")", sql.ParquetFile(lines.Path), sql.ParquetFile(episodes.Path))
	for row, err := range sql.Texts(ctx, db, query, asAt.Format(time.DateTime), c.PDS.UrgentDays) {
		if err != nil {
			return nil, fmt.Errorf("look up: read the trace request: %w", sql.WithoutValues(err))
		}
		people = append(people, personOf(row))
	}
	return people, nil
}

// personOf copies a row, whose texts are the engine's.
func personOf(row []string) person {
	kept := make([]string, len(row))
	for i, text := range row {
		kept[i] = string([]byte(text))
	}
	born := kept[5]
	if at, err := time.Parse("20060102", born); err == nil {
		born = at.Format(time.DateOnly)
	}
	return person{kept[0], kept[1], pds.Query{NHSNumber: kept[2], FamilyName: kept[3], GivenName: kept[4], BirthDate: born}}
}

func ask(ctx context.Context, console *console.Console, client *pds.Client, people []person) (answers []trace.Answer, err error) {
	for _, p := range people {
		answer, err := client.Lookup(ctx, p.query)
		if err != nil {
			return nil, fmt.Errorf("after %d of %d people: %w", len(answers), len(people), err)
		}
		at, err := london.In(console.Now())
		if err != nil {
			return nil, err
		}
		answers = append(answers, trace.Answer{
			Reference: p.reference, LocalPatientID: p.id, Asked: p.query.NHSNumber, AnsweredAt: at.Format("200601021504"),
			Code: answer.Code, NHSNumber: answer.NHSNumber, Confidence: answer.Score,
		})
	}
	return answers, nil
}
