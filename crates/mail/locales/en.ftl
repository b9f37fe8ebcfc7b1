# What mails say. $person, $group, $name and $installation are names; $date is a date; $roles are names of roles with
# commas between them; $minutes is a number.

somebody = Somebody
greeting = Hello { $name },
greeting-nameless = Hello,
footer = This mail was sent by { $installation }.
note-by = { $person } writes:

role-owner = owner
role-moderator = moderator
role-leader = leader
roles-comma = { ", " }

invitation-subject = { $person } invites you to { $group }
invitation-text = { $person } invites you to join the group { $group }.
invitation-roles = You would be there as: { $roles }.
invitation-until = The invitation is open until { $date } (UTC).
invitation-button = See the invitation
invitation-ignore = If you do not want to join, you need not do anything.
invitation-stop = No more invitations

reminder-subject = Your invitation to { $group } ends on { $date }
reminder-text = { $person } has invited you to join the group { $group }, and is waiting for your answer.

accepted-subject = { $person } has accepted your invitation to { $group }
accepted-text = { $person } has accepted your invitation to join the group { $group }.

request-subject = { $person } asks to join { $group }
request-text = { $person } asks to join your group { $group }.
request-next = You and the others who run the group can approve the request or turn it down.

approved-subject = You are now a member of { $group }
approved-text = You are now a member of the group { $group }.

ownership-subject = { $person } wants to hand { $group } over to you
ownership-text = { $person } wants to hand the group { $group } over to you. If you accept, you become its owner.
ownership-until = The offer is open until { $date } (UTC).

sign-in-subject = Join { $group } with your account
sign-in-text = Somebody wants to accept an invitation to the group { $group } with your account. If that is you, open this page:
sign-in-until = { $minutes ->
    [one] The page can be used for { $minutes } minute.
   *[other] The page can be used for { $minutes } minutes.
 }
sign-in-button = Continue
sign-in-ignore = If it was not you, you need not do anything: without you nothing happens.

server-invitation-subject = { $person } invites you to { $installation }
server-invitation-text = { $person } invites you to open an account at { $installation }.
server-invitation-ignore = If you do not want an account, you need not do anything.
