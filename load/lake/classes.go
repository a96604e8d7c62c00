package lake

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"careshare/sql"
)

// shownRows is the model that says whose pseudonym each row of a de-identified dataset belongs to. It is kept for the council.
const shownRows = "int_bi_rows"

// class is the people and the rows that a de-identified dataset shows in one and the same way.
type class struct {
	people map[string]bool // by their own pseudonym
	keys   []string        // of the rows
}

// classes reads a published file again and puts its rows together by all that they show. It counts for itself, in Go, what the
// models count in SQL. A row that nobody is known behind counts nobody.
func (d Disclosure) classes(ctx context.Context, db *sql.DB, file string, personOf map[string]string) (map[string]*class, error) {
	columns := []string{sql.QuoteName(d.RowKey)}
	for _, column := range d.QuasiIdentifiers {
		quoted := sql.QuoteName(column)
		columns = append(columns, fmt.Sprintf("case when %s is null then '' else '=' || cast(%s as varchar) end", quoted, quoted))
	}
	found := map[string]*class{}
	for row, err := range sql.Texts(ctx, db, fmt.Sprintf("select %s from %s", strings.Join(columns, ", "), parquetRelation(file))) {
		if err != nil {
			return nil, fmt.Errorf("count the classes of %s: %w", d.Dataset, err)
		}
		looks := fmt.Sprintf("%q", row[1:])
		if found[looks] == nil {
			found[looks] = &class{people: map[string]bool{}}
		}
		if person, known := personOf[row[0]]; known {
			found[looks].people[strings.Clone(person)] = true
		}
		found[looks].keys = append(found[looks].keys, strings.Clone(row[0]))
	}
	return found, nil
}

// peopleOf reads whose pseudonym each row of a dataset belongs to, from a table or a file.
func peopleOf(ctx context.Context, db *sql.DB, relation, dataset string) (map[string]string, error) {
	personOf := map[string]string{}
	for row, err := range sql.Texts(ctx, db, "select row_key, person_key from "+relation+" where dataset = ?", dataset) {
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", shownRows, err)
		}
		personOf[strings.Clone(row[0])] = strings.Clone(row[1])
	}
	return personOf, nil
}

// tooFew are the classes of fewer than k people, and how many people there are in all.
func tooFew(classes map[string]*class, k int) (small []*class, people int64) {
	everybody := map[string]bool{}
	for _, c := range classes {
		for person := range c.people {
			everybody[person] = true
		}
		if len(c.people) < k {
			small = append(small, c)
		}
	}
	return small, int64(len(everybody))
}

// holdClasses refuses a published file that shows anybody in company of fewer than k people, and counts its people.
func (d *Disclosure) holdClasses(ctx context.Context, db *sql.DB, file, relation string) error {
	personOf, err := peopleOf(ctx, db, relation, d.Dataset)
	if err != nil {
		return err
	}
	classes, err := d.classes(ctx, db, file, personOf)
	if err != nil {
		return err
	}
	small, people := tooFew(classes, d.K)
	if len(small) > 0 {
		return fmt.Errorf("%d of %d classes of rows are shared by fewer than %d people: %w", len(small), len(classes), d.K, ErrNotAllowed)
	}
	d.People = &people
	return nil
}

// without are the keys of the rows that go with one person: theirs, and those that fewer than k people would then share.
func (d Disclosure) without(ctx context.Context, db *sql.DB, file string, personOf map[string]string, person string) (keys []string, err error) {
	classes, err := d.classes(ctx, db, file, personOf)
	if err != nil {
		return nil, err
	}
	for _, c := range classes {
		if !c.people[person] {
			continue
		}
		delete(c.people, person)
		for _, key := range c.keys {
			if len(c.people) < d.K || personOf[key] == person {
				keys = append(keys, key)
			}
		}
	}
	slices.Sort(keys)
	return keys, nil
}
