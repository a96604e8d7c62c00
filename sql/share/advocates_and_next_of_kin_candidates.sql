-- grain: contact_key
-- reads: config.agreement_datasets, config.contact_roles, config.settings, gate_lawful,
--   gate_not_restricted, int_contact_telephones, int_people, int_refusing_contacts, stg_people,
--   stg_personal_rel_types, stg_personal_relationships, stg_prof_rel_types, stg_prof_relationships,
--   stg_workers
-- why: Every personal and professional relationship, with its role after the council's list and,
--   where it is no contact to give, why. A contact who is dead or unknown, or whose own record may
--   not be shared, is not given. Nor is one who refuses that the council shares about them, unless
--   the agreement names a legal basis for it and that basis holds for the person whose contact they
--   are.
with roles as (
    select lower(trim(description)) as description, min(role) as role
    from config.contact_roles
    group by 1
),

personal as (
    select
        relationships.person_id,
        'personal-' || cast(relationships.personal_relationship_id as varchar) as contact_key,
        types.description as relationship,
        contacts.full_name as contact_name,
        telephones.telephone_number as telephone,
        relationships.has_parental_responsibility,
        relationships.is_informal_carer,
        relationships.started_at,
        relationships.ended_at,
        case
            when contacts.full_name is null then 'contact_unknown'
            when known.is_dead then 'contact_died'
            when not coalesce(restrictions.is_open, false) then 'contact_restricted'
            when refusing.person_id is not null
                and coalesce(agreed.contacts_despite_refusal <> lawful.reason, true)
            then 'contact_refused'
        end as excluded_as
    from stg_personal_relationships as relationships
    left join stg_personal_rel_types as types
        on types.personal_rel_type_id = relationships.personal_rel_type_id
    left join stg_people as contacts on contacts.person_id = relationships.other_person_id
    left join int_people as known on known.person_id = relationships.other_person_id
    left join gate_not_restricted as restrictions
        on restrictions.person_id = relationships.other_person_id
    left join int_refusing_contacts as refusing
        on refusing.person_id = relationships.other_person_id
    left join config.agreement_datasets as agreed on agreed.dataset = 'advocates_and_next_of_kin'
    left join gate_lawful as lawful
        on lawful.person_id = relationships.person_id
            and lawful.dataset = 'advocates_and_next_of_kin'
    left join int_contact_telephones as telephones
        on telephones.person_id = relationships.other_person_id
),

professional as (
    select
        relationships.person_id,
        'professional-' || cast(relationships.prof_relationship_id as varchar) as contact_key,
        types.description as relationship,
        workers.full_name as contact_name,
        cast(null as varchar) as telephone,
        cast(null as boolean) as has_parental_responsibility,
        cast(null as boolean) as is_informal_carer,
        relationships.started_at,
        relationships.ended_at,
        case when workers.full_name is null then 'contact_unknown' end as excluded_as
    from stg_prof_relationships as relationships
    left join stg_prof_rel_types as types
        on types.prof_rel_type_code = relationships.prof_rel_type_code
    left join stg_workers as workers on workers.worker_id = relationships.worker_id
),

contacts as (
    select
        person_id, contact_key, relationship, contact_name, telephone, has_parental_responsibility,
        is_informal_carer, started_at, ended_at, excluded_as
    from personal
    union all
    select
        person_id, contact_key, relationship, contact_name, telephone, has_parental_responsibility,
        is_informal_carer, started_at, ended_at, excluded_as
    from professional
)

select
    contacts.person_id, contacts.contact_key, roles.role, contacts.relationship,
    contacts.contact_name, contacts.telephone,
    contacts.has_parental_responsibility, contacts.is_informal_carer,
    cast(contacts.started_at as date) as started_on,
    case
        when roles.role is null then 'not_a_contact'
        when contacts.started_at > settings.as_at_local then 'not_started'
        when contacts.ended_at <= settings.as_at_local then 'ended'
        else contacts.excluded_as
    end as excluded_as
from contacts
cross join config.settings as settings
left join roles on roles.description = lower(trim(contacts.relationship))
