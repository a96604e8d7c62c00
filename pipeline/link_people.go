package pipeline

import (
	"context"
	"fmt"

	"careshare/sql"
	"careshare/transform"
	"careshare/transform/linkage"
)

// createLinks makes linkage.links, which int_linked_numbers and nhs_number_reviews read: for a person without a number,
// the number of a sender's patient, with its match weight and the margin over the next candidate. Outcome is accepted or
// review; of each person at most one is accepted.
func createLinks(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, `create schema if not exists linkage; create table linkage.links
		(person_id bigint, nhs_number varchar, sender varchar, weight double, margin double, outcome varchar)`)
	if err != nil {
		return fmt.Errorf("create linkage.links: %w", err)
	}
	return nil
}

// linkPeople fills linkage.links where the council has said so. However rare two names are, a pair whose birth dates do not
// agree in two parts of three, or with day and month exchanged, is left to a person: a false link is a breach. The models it learns from are made by then, because
// int_linked_numbers reads them too.
func (j *job) linkPeople(db *sql.DB) transform.Step {
	return transform.Step{Fills: "linkage.links", Do: func(ctx context.Context) error {
		if !j.config.Linkage.People {
			return nil
		}
		for _, statement := range linkSides {
			if _, err := db.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		options := linkage.Defaults(false)
		options.Left = linkage.Relation{Name: "linkage.people", ID: "person_id"}
		options.Right = linkage.Relation{Name: "linkage.patients", ID: "nhs_number"}
		for _, field := range []linkage.Kind{linkage.Given, linkage.Family, linkage.Date, linkage.Postcode} {
			options.Fields = append(options.Fields, linkage.Field{Name: string(field), Kind: field, Left: []string{string(field)}})
		}
		if _, err := linkage.Link(ctx, db, options); err != nil {
			return err
		}
		_, err := db.ExecContext(ctx, `insert into linkage.links
			select cast(pairs.left_id as bigint), cast(pairs.right_id as varchar), patients.sender, pairs.weight, pairs.margin,
				case
					when is_swapped(people.date, patients.date) then pairs.outcome
					when coalesce((year(people.date) = year(patients.date))::integer + (month(people.date) = month(patients.date))::integer
						+ (day(people.date) = day(patients.date))::integer >= 2, false) then pairs.outcome
					else 'review'
				end as outcome
			from linkage.pairs_decided as pairs
			inner join linkage.people as people on people.person_id = cast(pairs.left_id as bigint)
			inner join linkage.patients as patients on patients.nhs_number = cast(pairs.right_id as varchar)
			inner join int_candidate_numbers as numbers on numbers.person_id = cast(pairs.left_id as bigint)
			where pairs.outcome in ('accepted', 'review') and numbers.may_be_linked`)
		return err
	}}
}

// linkSides are who is compared: everybody of the case store, so that there is enough to learn from and a relative can be
// a rival, and one record for each number of the senders' patients that has one birth date.
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
}
