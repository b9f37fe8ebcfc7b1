# What the page of an invitation says. $person, $group and $name are names; $date is a date; $roles are names of roles.

somebody = Somebody
role-owner = owner
role-moderator = moderator
role-leader = leader

open-title = { $person } invites you to { $group }
open-roles = You would be there as: { $roles }.
open-until = Open until { $date } (UTC).
note-by = { $person } writes:
about = About the group
accept = Accept
accept-as = Accept as { $name }
decline = Decline

enrol-title = Accept and open an account
enrol-text = With the password and the address that this invitation was sent to, you can sign in later.
enrol-button = Accept and join
name-label = Your name
password-label = Choose a password
password-hint = At least 10 characters.

other-title = I have an account with another address
other-text = Write its address. A mail with a link to accept the invitation with that account is then sent there.
other-label = E-mail address of the account
other-button = Send the link
other-sent-title = Look into your mail
other-sent-text = If there is an account with this address, a mail with a link is on its way to it. The link works for half an hour.

never-title = No more invitations
never-text = Nobody is told. You can take it back here.
never-group = No more from { $group }
never-person = No more from { $person }
never-everyone = No more from anybody
refusing-title = You get no more such invitations
refusing-text = You have refused further invitations. Nobody was told.
allow = Allow them again

member-title = You are a member of { $group }
member-text = Welcome! You need not do anything more.
waiting-title = You are on the waiting list of { $group }
waiting-text = There is no room at the moment. You become a member as soon as there is, and get a mail.
declined-title = You have declined the invitation
declined-text = If you change your mind, ask { $person } to invite you again.
expired-title = This invitation has expired
expired-text = Ask { $person } to invite you again.
revoked-title = This invitation was withdrawn
revoked-text = If you think that this is a mistake, ask { $person }.
used-title = This invitation has been used already
used-text = If you would like to join again, ask { $person } to invite you.
closed-title = { $group } takes in nobody at the moment
closed-text = Ask { $person }, or try again later.
full-title = { $group } and its waiting list are full
full-text = Ask { $person }, or try again later.
mismatch-title = This invitation is for another address
mismatch-text = The group lets in only the account that has the address which was invited.
stale-title = This link works for half an hour only
stale-text = Open the first mail again, and ask for a new link there.
wrong-title = There is no such invitation
wrong-text = The address may be incomplete. Open the link in the mail once more.
busy-title = This did not work
busy-text = Please try again in a moment.
often-title = That was often enough
often-text = Please wait an hour before you ask for another link.

error-title = Please look at this again
error-name = Write your name: 1 to 120 characters.
error-password = Choose a password of at least 10 characters.
error-address = Write an e-mail address, such as name@example.org.

back = Back to the invitation
languages = Language
unsubscribed = You get no more invitations.
