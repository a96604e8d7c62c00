-- grain: person_id, sender, field
-- reads: config.agreement_datasets, int_integrated_fields, int_shared
-- why: For those who work in both systems: what is recorded twice of a person, and which of two
--   that differ is to be mended. It sets the health record's values beside the council's, so it
--   shows only people of whom every kind of health record is let through by every gate, at this
--   moment: consent to a part of them is no consent to this.
with asked_each_time as (
    select dataset from config.agreement_datasets where gate = 'ask_each_time'
),

let_through as (
    select shared.person_id
    from int_shared as shared
    inner join asked_each_time on asked_each_time.dataset = shared.dataset
    group by shared.person_id
    having count(*) = (select count(*) from asked_each_time)
)

select
    let_through.person_id, fields.sender, fields.field, fields.outcome, fields.council_value,
    fields.council_recorded_on, fields.health_value, fields.health_recorded_on, fields.leads,
    case
        when fields.outcome = 'recorded twice and different' and fields.leads = 'council'
            then 'health'
        when fields.outcome = 'recorded twice and different' and fields.leads = 'health'
            then 'council'
    end as to_be_mended_in,
    cast(null as varchar) as excluded_as
from let_through
inner join int_integrated_fields as fields on fields.person_id = let_through.person_id
