-- severity: block
-- grain: dataset, person_id
-- reads: casestore.dm_persons, config.agreement_bases, config.settings, int_episodes, int_published
-- why: whoever is published is covered by a basis of the agreement: a statute, 18 years of age
--   under the adult care duty, or an open safeguarding episode under safeguarding; asked without
--   the gate
with adults as (
    select persons.person_id
    from casestore.dm_persons as persons
    cross join config.settings as settings
    where cast(persons.date_of_birth as date) + interval '18' year <= settings.as_at_local
),

safeguarded as (
    select distinct person_id
    from int_episodes
    where is_open and kind in ('safeguarding', 'child_in_need', 'child_protection', 'looked_after')
),

bases as (
    select
        dataset,
        bool_or(basis = 'statute') as is_by_statute,
        bool_or(basis = 'adult_care_duty') as is_by_adult_care_duty,
        bool_or(basis = 'safeguarding') as is_by_safeguarding
    from config.agreement_bases
    group by dataset
)

select published.dataset, published.person_id
from int_published as published
left join bases on bases.dataset = published.dataset
left join adults on adults.person_id = published.person_id
left join safeguarded on safeguarded.person_id = published.person_id
where not coalesce(
    bases.is_by_statute
    or (bases.is_by_adult_care_duty and adults.person_id is not null)
    or (bases.is_by_safeguarding and safeguarded.person_id is not null),
    false
)
