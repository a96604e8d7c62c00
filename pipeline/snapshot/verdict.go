package snapshot

import (
	"cmp"
	"context"
	dbsql "database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"careshare/load/audit"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/exit"
	"careshare/reports"
	"careshare/sql"
)

// ExemptDatasets are the datasets of one audience that hold rows about a person without a decision about them.
type ExemptDatasets struct {
	Audience   string   `json:"audience"`
	Exemption  string   `json:"exemption"`
	LegalBases []string `json:"legal_bases"`
	Datasets   []string `json:"datasets"`
}

// sentence says what is published all the same, and by which law.
func (e ExemptDatasets) sentence() string {
	law := strings.Join(e.LegalBases, "; ")
	if e.Exemption == "statutory" {
		return fmt.Sprintf("The law requires %s for the audience %s (%s): consent and refusals do not apply to them.", reports.Counted(len(e.Datasets), "dataset"), e.Audience, law)
	}
	return fmt.Sprintf("The audience %s has rows about this person in %s (exemption: %s; %s).", e.Audience, reports.Counted(len(e.Datasets), "dataset"), strings.ReplaceAll(e.Exemption, "_", " "), law)
}

// verdict is the answer about a person in one paragraph.
func verdict(ctx context.Context, db *sql.DB, rules fs.FS, person int64, exempt []ExemptDatasets, stopped []stop) (string, error) {
	query, err := fs.ReadFile(rules, "explain/verdict.sql")
	if err != nil {
		return "", err
	}
	var sentences []string
	for row, err := range sql.Texts(ctx, db, string(query), dbsql.Named("person", person)) {
		if err != nil {
			return "", err
		}
		sentences = append(sentences, strings.Clone(row[0]))
	}
	if n := len(stopped); n > 0 && stopped[n-1].Entry.Event == audit.Withheld {
		sentences = append(sentences, fmt.Sprintf("The council withholds this person manually since %s (audit log entry %d).", stopped[n-1].At.Format("2 January 2006"), stopped[n-1].Entry.Number))
	}
	for _, e := range exempt {
		sentences = append(sentences, e.sentence())
	}
	return strings.Join(sentences, " "), nil
}

// exemptDatasets are those of exempt audiences that hold rows about a person, by audience, the statutory ones first.
func exemptDatasets(ctx context.Context, db *sql.DB, manifest lake.Manifest, person int64) ([]ExemptDatasets, error) {
	found := []ExemptDatasets{}
	for _, d := range manifest.Datasets {
		if d.Exemption == "" || d.Subject != "person_id" {
			continue
		}
		var has bool
		err := db.QueryRowContext(ctx, "select exists (select 1 from duckdb_views() where view_name = ?)", d.Dataset).Scan(&has)
		if err == nil && has { // retention may have removed the file
			err = db.QueryRowContext(ctx, "select exists (select 1 from "+sql.QuoteName(d.Dataset)+" where person_id = ?)", person).Scan(&has)
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", d.Dataset, err)
		}
		if !has {
			continue
		}
		at := slices.IndexFunc(found, func(e ExemptDatasets) bool { return e.Audience == d.Audience })
		if at < 0 {
			at, found = len(found), append(found, ExemptDatasets{Audience: d.Audience, Exemption: d.Exemption, LegalBases: d.LegalBases})
		}
		found[at].Datasets = append(found[at].Datasets, d.Dataset)
	}
	slices.SortFunc(found, func(a, b ExemptDatasets) int {
		return cmp.Or(-cmp.Compare(a.Exemption, b.Exemption), cmp.Compare(a.Audience, b.Audience)) // statutory comes last in the alphabet
	})
	return found, nil
}

// findPerson reads the case store's key, or an NHS number that the snapshot knows. Neither is repeated in an error: who
// types a name here must not see it logged.
func findPerson(ctx context.Context, db *sql.DB, text string) (int64, error) {
	digits := strings.NewReplacer(" ", "", "-", "").Replace(text)
	if !isTenDigits(digits) {
		return PersonID(text)
	}
	const query = `select cast(person_id as varchar) from int_nhs_numbers where nhs_number = $number or replaced_nhs_number = $number and $number not in ('0000000000', '9999999999')
		union select cast(person_id as varchar) from decisions where person_id = cast($number as bigint) order by 1`
	var people []string
	for row, err := range sql.Texts(ctx, db, query, dbsql.Named("number", digits)) {
		if err != nil {
			return 0, err
		}
		people = append(people, strings.Clone(row[0]))
	}
	switch len(people) {
	case 0:
		return 0, exit.Usage(fault.WithHint(errors.New("nobody in the current snapshot has this NHS number"), "give Mosaic's person_id"))
	case 1:
		return PersonID(people[0])
	}
	return 0, exit.Usage(fault.WithHint(fmt.Errorf("%d people have this NHS number: %s", len(people), strings.Join(people, ", ")), "give the person_id of one of them"))
}

func isTenDigits(text string) bool {
	return len(text) == 10 && strings.Trim(text, "0123456789") == ""
}
