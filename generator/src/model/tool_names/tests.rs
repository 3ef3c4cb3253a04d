//! Names of operations of real documents, and what happens where two would be called the same.

use super::*;

fn operation<'a>((id, method, path): (&'a str, &'a str, &'a str)) -> Unnamed<'a> {
    Unnamed {
        id: Some(id).filter(|id| !id.is_empty()),
        method,
        path,
        list: false,
    }
}

fn all(operations: &[(&str, &str, &str)]) -> Vec<String> {
    let operations: Vec<Unnamed<'_>> = operations.iter().copied().map(operation).collect();
    names(&operations, &HashSet::new())
}

fn check(table: &[(&str, &str, &str, &str)]) {
    for (id, method, path, expect) in table {
        assert_eq!(
            all(&[(id, method, path)]),
            [*expect],
            "{id} {method} {path}"
        );
    }
}

#[test]
fn ids_that_people_chose_are_kept() {
    check(&[
        ("listPets", "GET", "/pets", "list_pets"),
        ("pets.list", "GET", "/pets", "pets_list"),
        ("pets/list-all", "GET", "/pets", "pets_list_all"),
        ("getPetById", "GET", "/pet/{petId}", "get_pet_by_id"),
        ("find pet by id", "GET", "/pets/{id}", "find_pet_by_id"),
        (
            "repos/delete-webhook",
            "DELETE",
            "/repos/{owner}/{repo}/hooks/{hook_id}",
            "repos_delete_webhook",
        ),
        (
            "users_setPhoto",
            "POST",
            "/users.setPhoto",
            "users_set_photo",
        ),
        (
            "DeleteJWTTemplate",
            "DELETE",
            "/jwt_templates/{template_id}",
            "delete_jwt_template",
        ),
        (
            "AuditEvents_GetAuditEvents",
            "GET",
            "/v2/accounts/{a}/envelopes/{e}/audit_events",
            "get_audit_events",
        ),
        (
            "SchemaService_WriteSchema",
            "POST",
            "/v1/schema/write",
            "write_schema",
        ),
        (
            "vpc_firewall_rules_view",
            "GET",
            "/v1/vpc-firewall-rules",
            "vpc_firewall_rules_view",
        ),
        (
            "com.atproto.repo.listRecords",
            "GET",
            "/xrpc/com.atproto.repo.listRecords",
            "com_atproto_repo_list_records",
        ),
        ("Create Single Team", "POST", "/team", "create_single_team"),
        ("getUsers", "GET", "/Users", "get_users"),
        (
            "créerUtilisateur",
            "POST",
            "/utilisateurs",
            "creer_utilisateur",
        ),
    ]);
}

#[test]
fn what_frameworks_add_is_taken_off() {
    check(&[
        (
            "read_items_api_v1_items_get",
            "GET",
            "/api/v1/items",
            "read_items",
        ),
        (
            "read_item_items__item_id__get",
            "GET",
            "/items/{item_id}",
            "read_item",
        ),
        ("getUserUsingGET_1", "GET", "/users/{id}", "get_user"),
        (
            "UsersController_sendVerificationEmail[0]",
            "POST",
            "/users/{id}/verify",
            "send_verification_email",
        ),
    ]);
}

#[test]
fn classes_of_code_are_left_out() {
    check(&[
        (
            "DataIntegrationsController_vendCredentials",
            "POST",
            "/a/{id}/token",
            "vend_credentials",
        ),
        (
            "JumpWireWeb.DataVaultController.delete",
            "DELETE",
            "/vault/v1/kv/{id}",
            "delete_vault_kv",
        ),
        (
            "Groups_PutGroupUsers",
            "PUT",
            "/v2/accounts/{a}/groups/{g}/users",
            "update_group_users",
        ),
        (
            "OAuth2_PostRevoke",
            "POST",
            "/oauth/revoke",
            "oauth2_post_revoke",
        ),
        (
            "Notification_GetTemplatesTemplateIdNotification",
            "GET",
            "/templates/{templateId}/notification",
            "get_template_notification",
        ),
    ]);
}

#[test]
fn ids_that_machines_made_give_way_to_method_and_path() {
    check(&[
        ("", "GET", "/pets", "list_pets"),
        (
            "get_files_id_metadata_security_classification-6VMVochwUWo",
            "GET",
            "/files/{file_id}/metadata/{scope}",
            "get_file_metadata",
        ),
        ("operation1", "DELETE", "/pets/{id}", "delete_pet"),
        (
            "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            "GET",
            "/pets",
            "list_pets",
        ),
        ("PetsController_findAll", "GET", "/pets", "list_pets"),
        (
            "OrganizationsController_create",
            "POST",
            "/organizations",
            "create_organization",
        ),
        ("findAll", "GET", "/pets", "list_pets"),
        ("update_1", "PUT", "/pets/{id}", "update_pet"),
        (
            "GetTransfersTransferReversalsId",
            "GET",
            "/v1/transfers/{transfer}/reversals/{id}",
            "get_transfer_reversal",
        ),
        (
            "PostWebhookEndpointsWebhookEndpoint",
            "POST",
            "/v1/webhook_endpoints/{webhook_endpoint}",
            "update_webhook_endpoint",
        ),
        (
            "getApiV4AdminClustersClusterId",
            "GET",
            "/admin/clusters/{cluster_id}",
            "get_admin_cluster",
        ),
        (
            "delete_folders_id",
            "DELETE",
            "/folders/{folder_id}",
            "delete_folder",
        ),
        (
            "get_docgen_templates_id_v2025.0",
            "GET",
            "/docgen_templates/{template_id}",
            "get_docgen_template",
        ),
        (
            "postMessagesSend",
            "POST",
            "/messages/send",
            "send_messages",
        ),
        (
            "ByProjectKeyProductsKeyByKeyGet",
            "GET",
            "/{projectKey}/products/key={key}",
            "get_product",
        ),
        (
            "post-/crm/v3/lists_/crm/v3/lists",
            "POST",
            "/crm/v3/lists",
            "create_crm_list",
        ),
        ("получитьСписок", "GET", "/pets", "list_pets"),
        ("列出宠物", "GET", "/pets", "list_pets"),
        ("🐶", "GET", "/pets", "list_pets"),
    ]);
}

#[test]
fn one_name_for_one_operation() {
    assert_eq!(
        all(&[
            ("", "GET", "/admin/users/{id}/pets"),
            ("", "GET", "/users/{id}/pets"),
            ("", "GET", "/pets/{id}"),
            ("", "GET", "/pets/{name}"),
            ("", "PUT", "/pets/{id}"),
            ("", "PATCH", "/pets/{id}"),
            ("", "POST", "/pets/{id}"),
        ]),
        [
            "list_admin_user_pets",
            "list_user_pets",
            "get_pet",
            "get_pet_by_name",
            "replace_pet",
            "update_pet",
            "post_pet",
        ]
    );
    assert_eq!(
        all(&[
            ("getUser", "GET", "/users/{id}"),
            ("getUser_1", "GET", "/admins/{id}"),
            ("get-user", "GET", "/a/{b}")
        ]),
        ["get_user_by_id", "get_admin", "get_user"]
    );
}

#[test]
fn an_operation_that_comes_later_renames_no_other() {
    let first = [
        ("", "GET", "/users/{id}/pets"),
        ("", "GET", "/pets"),
        ("listUsers", "GET", "/users"),
    ];
    let mut later = vec![
        ("", "GET", "/v2/teams/{team}/users/{id}/pets"),
        ("list_users", "GET", "/b/users"),
    ];
    later.extend(first);
    assert_eq!(all(&later)[2..], all(&first));
}

#[test]
fn names_are_short_and_taken_ones_are_left_alone() {
    let long = "ReconcileTheOutstandingInvoicesOfAllSubsidiariesForTheCurrentAccountingPeriodNow";
    assert_eq!(
        all(&[(long, "POST", "/invoices/reconcile-all")]),
        ["create_invoices_reconcile_all"]
    );
    let shortened = "SetOrganizationConfigurationForTheWholeRepositoryOfOneOwner";
    let name = all(&[(shortened, "POST", "/x")]);
    assert_eq!(name, ["set_org_config_for_the_whole_repo_of_one_owner"]);
    let path = format!("/{}", "a".repeat(300));
    let name = all(&[("", "GET", &path)]).remove(0);
    assert!(
        name.len() == MAX_NAME && name.starts_with("get_aaa"),
        "{name}"
    );
    assert_eq!(all(&[(&"b".repeat(90), "GET", "/c")]), ["get_c"]);
    let taken = HashSet::from(["list_pets".to_owned(), "list_pets_get".to_owned()]);
    let name = names(&[operation(("", "GET", "/pets"))], &taken).remove(0);
    assert!(name.starts_with("list_pets_x"), "{name}");
    // Nothing to make a name from.
    let names = all(&[("", "GET", "/имя"), ("", "GET", "/имена")]);
    assert!(
        names[0] != names[1] && names.iter().all(|name| name.starts_with("get_root")),
        "{names:?}"
    );
}

#[test]
fn what_a_post_does() {
    for harmless in [
        "create_pet",
        "search_pets",
        "upload_file",
        "pets_add",
        "list_mailboxes",
    ] {
        assert_eq!(effect(harmless), Effect::Harmless, "{harmless}");
    }
    for unknown in [
        "run",
        "feed_pet",
        "delete_pets",
        "create_or_replace_pet",
        "pets_reset",
        "send_cancel",
    ] {
        assert_eq!(effect(unknown), Effect::Unknown, "{unknown}");
    }
}
