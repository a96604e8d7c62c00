-- grain: reference_id, other_person_id
-- reads: config.duplicate_words, int_nhs_numbers, int_people, stg_person_references
-- why: the record of which a reference says that a person's own is a duplicate: by its number,
--   whatever words are around it, or by an NHS number that somebody here has. Null where the
--   reference names no one record, so that nobody can tell which it is.
with said as (
    select
        person_references.reference_id,
        person_references.person_id,
        lone_number(person_references.reference) as record_number,
        digits_of(person_references.reference) as digits
    from stg_person_references as person_references
    inner join config.duplicate_words as words
        on words.source = 'reference' and words.word = lower(person_references.reference_type)
),

numbers as (
    select person_id, held_number as nhs_number from int_people where is_held_number_valid
    union
    select person_id, nhs_number from int_nhs_numbers where nhs_number is not null
),

by_nhs_number as (
    select said.reference_id, said.person_id, numbers.person_id as other_person_id
    from said
    inner join numbers on numbers.nhs_number = said.digits
),

final as (
    select reference_id, person_id, other_person_id from by_nhs_number
    union
    select reference_id, person_id, case when not is_nhs_number_text(digits) then record_number end
    from said
    where reference_id not in (select reference_id from by_nhs_number)
)

select reference_id, person_id, other_person_id from final
