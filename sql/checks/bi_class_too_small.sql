-- severity: block
-- grain: dataset
-- reads: dim_person, fact_consent_request, fact_cpis_access, fact_episode, fact_sharing_decision, int_bi_terms
-- why: no fewer than k people share what is shown of any of them together with any one fact, nor fewer than the agreement says
--   (k or more) in dim_person alone
with classes as (
    select 'dim_person' as dataset, count(*) as count_people
    from dim_person
    group by age_band, sex, ethnic_group, postcode
    union all
    select 'fact_episode', count(distinct facts.person_key)
    from fact_episode as facts
    inner join dim_person as people on people.person_key = facts.person_key
    group by
        people.age_band, people.sex, people.ethnic_group, people.postcode,
        facts.kind, facts.service_key, facts.team_id, facts.opened_on, facts.closed_on, facts.is_open
    union all
    select 'fact_consent_request', count(distinct facts.person_key)
    from fact_consent_request as facts
    inner join dim_person as people on people.person_key = facts.person_key
    group by
        people.age_band, people.sex, people.ethnic_group, people.postcode,
        facts.dataset, facts.direction, facts.asked_on, facts.answer, facts.decided_by, facts.way_of_asking, facts.team_id
    union all
    select 'fact_sharing_decision', count(distinct facts.person_key)
    from fact_sharing_decision as facts
    inner join dim_person as people on people.person_key = facts.person_key
    group by
        people.age_band, people.sex, people.ethnic_group, people.postcode,
        facts.dataset, facts.decision, facts.gate, facts.reason
    union all
    select 'fact_cpis_access', count_children from fact_cpis_access
)

select classes.dataset, classes.count_people
from classes
cross join int_bi_terms as terms
where classes.count_people < case when classes.dataset = 'dim_person' then terms.people_alike else terms.k end
