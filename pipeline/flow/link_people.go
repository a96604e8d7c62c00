package flow

import (
	"context"
	"errors"
	"fmt"
	"io"

	"careshare/pipeline/linking"
	"careshare/reports"
	"careshare/sql"
	"careshare/transform"
	"careshare/transform/linkage"
)

// movedShare is how much of the records may come, change or go before the linkage learns its parameters again.
const movedShare = 0.2

// createLinks makes linkage.links, which int_linked_numbers and nhs_number_reviews read: for a person without a number,
// the number of a sender's patient, with its match weight and the margin over the next candidate. Outcome is accepted or
// review; of each person at most one is accepted. linkage_weights says how each weight came about, part by part, without a value.
func createLinks(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, `create schema if not exists linkage; create table linkage.links
		(person_id bigint, nhs_number varchar, sender varchar, weight double, margin double, outcome varchar, rule varchar);
		create table linkage_weights (person_id bigint, nhs_number varchar, sender varchar, outcome varchar, weight double, margin double,
		rule varchar, place integer, what varchar, level varchar, bits double)`)
	if err != nil {
		return fmt.Errorf("create linkage.links: %w", err)
	}
	return nil
}

// LinkPeople fills linkage.links unless the council has said no. A false link is a breach, so two kinds of pairs are left to a person
// whatever they weigh: whose birth dates do not agree in two parts of three, nor with day and month exchanged (a father and his son),
// and whose given names are different or missing (twins). The models it learns from are made by then, because int_linked_numbers
// reads them too.
func (j *Job) LinkPeople(db *sql.DB, known Memory) transform.Step {
	return transform.Step{Fills: "linkage.links", Do: func(ctx context.Context) error {
		if !j.Config.Linkage.People {
			return nil
		}
		if err := execute(ctx, db, linkSides[:]...); err != nil {
			return err
		}
		result, err := linkage.Link(ctx, db, linkPeopleOptions(known))
		if err != nil {
			return err
		}
		j.linked = newLinkedPeople(result)
		if err := execute(ctx, db, takeLinks); err != nil {
			return err
		}
		asked := "(select distinct cast(person_id as varchar) as left_id, nhs_number as right_id from linkage.links)"
		if err := linkage.Falls(ctx, db, result.Parameters, asked); err != nil {
			return err
		}
		return errors.Join(execute(ctx, db, takeWeights), known.keepLinkage(ctx, db))
	}}
}

func linkPeopleOptions(known Memory) linkage.Options {
	options := linkage.Defaults(false)
	options.Left = linkage.Relation{Name: "linkage.people", ID: "person_id"}
	options.Right = linkage.Relation{Name: "linkage.patients", ID: "nhs_number"}
	options.Decided = "linkage.decided"
	options.Memory = linkage.Memory{Key: known.key, Before: known.linkageSchema(), Moved: movedShare}
	for _, field := range []linkage.Kind{linkage.Given, linkage.Family, linkage.Date, linkage.Postcode} {
		options.Fields = append(options.Fields, linkage.Field{Name: string(field), Kind: field, Left: []string{string(field)}})
	}
	return options
}

func newLinkedPeople(r linkage.Result) *LinkedPeople {
	l := &LinkedPeople{People: r.LeftRecords, Patients: r.RightRecords, Fresh: r.Fresh, Compared: r.Candidates, Remembered: r.Remembered, Wide: []linkage.Block{}}
	for _, block := range r.Blocks {
		if block.WideKeys > 0 {
			l.Wide = append(l.Wide, block)
		}
	}
	return l
}

func (l *LinkedPeople) Text(w io.Writer) {
	if l == nil {
		return
	}
	fmt.Fprintf(w, "linkage: %s, %s, %d of them new or changed; %s compared, %d remembered\n",
		reports.Counted(l.People, "person"), reports.Counted(l.Patients, "patient"), l.Fresh, reports.Counted(l.Compared, "pair"), l.Remembered)
	for _, block := range l.Wide {
		linking.WideText(w, block)
	}
}

// linkSides are who is compared: everybody of the case store, so that there is enough to learn from and a relative can be
// a rival, and one record for each number of the senders' patients that has one birth date. What reviewers have decided stands.
var linkSides = [...]string{
	`create table linkage.people as
		select people.person_id, names.first_name as given, names.last_name as family, people.birth_date as date, people.postcode
		from int_people as people
		inner join stg_people as names on names.person_id = people.person_id
		order by people.person_id`,
	`create table linkage.patients as
		select patients.nhs_number, min(patients.sender) as sender, min_by(patients.given, patients.sender || patients.patient_id) as given,
			min_by(patients.family, patients.sender || patients.patient_id) as family, min(patients.birth_date) as date,
			min_by(patients.postcode, patients.sender || patients.patient_id) as postcode
		from int_patients as patients
		inner join int_patient_numbers as numbers on numbers.nhs_number = patients.nhs_number
		where numbers.count_birth_dates <= 1
		group by patients.nhs_number
		order by patients.nhs_number`,
	`create table linkage.decided as
		select person_id as left_id, nhs_number as right_id, is_accepted as is_match
		from int_number_reviews
		where is_accepted or decision = 'reject'`,
}

const takeLinks = `insert into linkage.links
	select people.person_id, patients.nhs_number, patients.sender, pairs.weight, pairs.margin,
		case
			when pairs.given in ('different', 'missing') then 'review'
			when is_swapped(people.date, patients.date) then pairs.outcome
			when coalesce((year(people.date) = year(patients.date))::integer + (month(people.date) = month(patients.date))::integer
				+ (day(people.date) = day(patients.date))::integer >= 2, false) then pairs.outcome
			else 'review'
		end as outcome,
		pairs.rule
	from linkage.pairs_decided as pairs
	inner join linkage.people as people on people.person_id = cast(pairs.left_id as bigint)
	inner join linkage.patients as patients on patients.nhs_number = cast(pairs.right_id as varchar)
	inner join int_candidate_numbers as numbers on numbers.person_id = people.person_id
	where pairs.outcome in ('accepted', 'review') and pairs.step <> 'decided by a person' and numbers.may_be_linked`

const takeWeights = `insert into linkage_weights
	select links.person_id, links.nhs_number, links.sender, links.outcome, links.weight, links.margin, links.rule, falls.place, falls.what, falls.level, falls.bits
	from linkage.links as links
	inner join linkage.falls as falls on falls.left_id = cast(links.person_id as varchar) and falls.right_id = links.nhs_number`
