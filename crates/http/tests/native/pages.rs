//! Lists, page by page.

use serde_json::{Value, json};

use crate::support::{Circle, MEMBERS, MINE, OF_GROUP, problem};

#[tokio::test]
async fn lists_are_read_page_by_page_without_loss_or_repetition() {
    let circle = Circle::new().await;
    for n in 0..7 {
        circle.invite(json!({ "email": format!("guest{n}@example.com") })).await;
        circle.app.clock.advance_millis(1);
    }
    let all = circle.list(&circle.amina, OF_GROUP).await;
    let emails: Vec<_> = all.iter().map(|invitation| invitation["email"].as_str().unwrap()).collect();
    assert_eq!(emails, (0..7).map(|n| format!("guest{n}@example.com")).collect::<Vec<_>>());
    for limit in [1, 2, 3, 6, 7, 8, 200] {
        let mut found = Vec::new();
        let mut path = format!("{OF_GROUP}?limit={limit}");
        for page_number in 1.. {
            let page = circle.get(&circle.amina, &path).await.json();
            let items = page["data"].as_array().unwrap();
            assert!((1..=limit).contains(&items.len()), "page {page_number} of {limit}: {}", items.len());
            found.extend(items.iter().cloned());
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("{OF_GROUP}?cursor={cursor}&limit={limit}");
        }
        assert_eq!(found, all, "limit {limit}");
    }

    // The one who was invited to several groups, and a group of several members.
    let page = circle.get(&circle.amina, &format!("{MEMBERS}?limit=1")).await.json();
    assert_eq!((&page["data"][0]["user"]["id"], &page["next_cursor"]), (&json!(1), &json!("MQ")));
    let page = circle.get(&circle.amina, &format!("{MEMBERS}?limit=1&cursor=MQ")).await.json();
    assert_eq!((&page["data"][0]["user"]["id"], &page["next_cursor"]), (&json!(3), &Value::Null));
    let behind = circle.get(&circle.amina, &format!("{MEMBERS}?cursor=Mw")).await;
    behind.assert(200, json!({ "data": [], "next_cursor": null }));
}

#[tokio::test]
async fn a_page_has_fifty_items_unless_asked_otherwise() {
    let circle = Circle::new().await;
    let calls = (0..51).map(|n| {
        let body = json!({ "email": format!("guest{n}@example.com") }).to_string();
        circle.app.request("PUT", "/v1/groups/1/inviteUser").legacy(&circle.amina.token).body(body).send()
    });
    for call in calls.map(tokio::spawn).collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap().status, 200);
    }
    let page = circle.get(&circle.amina, OF_GROUP).await.json();
    assert_eq!(page["data"].as_array().unwrap().len(), 50);
    let rest = format!("{OF_GROUP}?cursor={}", page["next_cursor"].as_str().unwrap());
    let rest = circle.get(&circle.amina, &rest).await.json();
    assert_eq!((rest["data"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &Value::Null));
}

#[tokio::test]
async fn a_persons_own_invitations_are_read_page_by_page_too() {
    let circle = Circle::new().await;
    let dawud = "dawud@example.org";
    // By address first, then by account: one list in order of making.
    circle.invite(json!({ "email": dawud })).await;
    let person = circle.app.person("dawud").await;
    for n in 2..5 {
        circle.app.clock.advance_millis(1);
        circle.app.group(&format!("group{n}"), &circle.amina).await;
        let request = circle.app.request("PUT", &format!("/v1/groups/{n}/inviteUser")).legacy(&circle.amina.token);
        request.body(json!({ "userId": person.id() }).to_string()).send().await;
    }
    let mut groups = Vec::new();
    let mut path = format!("{MINE}?limit=3");
    loop {
        let page = circle.get(&person, &path).await.json();
        groups.extend(page["data"].as_array().unwrap().iter().map(|item| item["group"]["id"].as_i64().unwrap()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("{MINE}?limit=3&cursor={cursor}");
    }
    assert_eq!(groups, [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_page_that_cannot_be_read_is_named() {
    let circle = Circle::new().await;
    let invalid = |name: &str| {
        let mut wanted = problem(422, "invalid_parameter", &format!("The parameter `{name}` cannot be read."));
        wanted["parameter"] = name.into();
        wanted
    };
    for list in [MINE, OF_GROUP, MEMBERS] {
        for limit in ["0", "201", "-1", "abc", "", "1.0", "1e1", "%20", "99999999999999999999", "%FF", "10;"] {
            let reply = circle.get(&circle.amina, &format!("{list}?limit={limit}")).await;
            assert_eq!((limit, reply.status, reply.json()), (limit, 422, invalid("limit")));
        }
        for cursor in ["abc", "", "1", "LTE", "%FF", "%00", "MQ==", "MQ%20"] {
            let reply = circle.get(&circle.amina, &format!("{list}?cursor={cursor}")).await;
            assert_eq!((cursor, reply.status, reply.json()), (cursor, 422, invalid("cursor")));
        }
        for fine in ["limit=1", "limit=200", "limit=10&unknown=x", "", "&&", "Limit=0"] {
            let reply = circle.get(&circle.amina, &format!("{list}?{fine}")).await;
            assert_eq!((fine, reply.status), (fine, 200));
        }
    }
}
