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

// How sure a link of the run must be: one false link is expected in a thousand, and none of odds under 32 to 1 is made.
const (
	falseLinkRate = 0.001
	leastWeight   = 5
)

// movedShare is how much of the records may come, change or go before the linkage learns its parameters again.
const movedShare = 0.2

// createLinks makes linkage.links, which int_linked_numbers and nhs_number_reviews read: for a person without a number,
// the number of a sender's patient, with its match weight and the margin over the next candidate. Outcome is accepted or
// review; of each person at most one is accepted. linkage_weights says how each weight came about, part by part, without a value.
func createLinks(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, `create schema if not exists linkage; create table linkage.links
		(person_id bigint, nhs_number varchar, sender varchar, weight double, margin double, outcome varchar, rule varchar,
		given_agrees varchar, family_agrees varchar, birth_date_agrees varchar, postcode_agrees varchar, are_two_names boolean);
		create table linkage_weights (person_id bigint, nhs_number varchar, sender varchar, outcome varchar, weight double, margin double,
		rule varchar, place integer, what varchar, level varchar, bits double)`)
	if err != nil {
		return fmt.Errorf("create linkage.links: %w", err)
	}
	return nil
}

// LinkPeople fills linkage.links unless the council has said no. The model int_link_rules says which of them only a person may make.
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
	options.FalseLinkRate, options.Threshold = falseLinkRate, leastWeight
	options.Left = linkage.Relation{Name: "linkage.people", ID: "person_id"}
	options.Right = linkage.Relation{Name: "linkage.patients", ID: "nhs_number"}
	options.Decided = "linkage.decided"
	options.Memory = linkage.Memory{Key: known.key, Before: known.linkageSchema(), Moved: movedShare}
	for _, field := range []linkage.Kind{linkage.Given, linkage.Family, linkage.Date, linkage.Postcode, linkage.Sex} {
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
// a rival, and one record for each number of the senders' patients that has one birth date. Each has every name and postcode that
// either side holds, the current one first. What reviewers have decided stands.
var linkSides = [...]string{
	`create table linkage.people as
		select people.person_id, names.first_name as given, names.last_name as family, people.birth_date as date, names.gender as sex,
			concat_ws('|', people.postcode, (
				select string_agg(homes.postcode, '|' order by homes.started_at desc nulls last, homes.address_id)
				from stg_addresses as homes where homes.person_id = people.person_id
			)) as postcode
		from int_people as people
		inner join stg_people as names on names.person_id = people.person_id
		order by people.person_id`,
	`create table linkage.patients as
		with known as (
			select patients.nhs_number, patients.sender, patients.birth_date, details.given, details.family, details.postcode, details.gender,
				row_number() over (partition by patients.nhs_number order by patients.sender, patients.patient_id) as place
			from int_patients as patients
			inner join stg_patients as details on details.sender = patients.sender and details.patient_id = patients.patient_id
			inner join int_patient_numbers as numbers on numbers.nhs_number = patients.nhs_number
			where numbers.count_birth_dates <= 1
		)
		select nhs_number, min(sender) as sender, string_agg(given, '|' order by place) as given, string_agg(family, '|' order by place) as family,
			min(birth_date) as date, string_agg(postcode, '|' order by place) as postcode, min_by(gender, place) as sex
		from known
		group by nhs_number
		order by nhs_number`,
	`create table linkage.decided as
		select person_id as left_id, nhs_number as right_id, is_accepted as is_match
		from int_number_reviews
		where is_accepted or decision = 'reject'`,
}

const takeLinks = `insert into linkage.links
	select people.person_id, patients.nhs_number, patients.sender, pairs.weight, pairs.margin, pairs.outcome, pairs.rule,
		pairs.given, pairs.family, pairs.date, pairs.postcode,
		link_are_two_names(fold_name(people.given), fold_name(split_part(patients.given, '|', 1)))
	from linkage.pairs_decided as pairs
	inner join linkage.people as people on people.person_id = cast(pairs.left_id as bigint)
	inner join linkage.patients as patients on patients.nhs_number = cast(pairs.right_id as varchar)
	inner join int_candidate_numbers as numbers on numbers.person_id = people.person_id
	where pairs.outcome in ('accepted', 'review') and pairs.step <> 'decided by a person' and numbers.may_be_linked`

const takeWeights = `insert into linkage_weights
	select links.person_id, links.nhs_number, links.sender, links.outcome, links.weight, links.margin, links.rule, falls.place, falls.what, falls.level, falls.bits
	from linkage.links as links
	inner join linkage.falls as falls on falls.left_id = cast(links.person_id as varchar) and falls.right_id = links.nhs_number`
