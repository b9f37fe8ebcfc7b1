somebody = Jemand
greeting = Guten Tag { $name },
greeting-nameless = Guten Tag,
footer = Diese E-Mail wurde von { $installation } gesendet.
note-by = { $person } schreibt:

role-owner = Eigentümer/in
role-moderator = Moderator/in
role-leader = Leiter/in
roles-comma = { ", " }

invitation-subject = { $person } lädt Sie in die Gruppe { $group } ein
invitation-text = { $person } lädt Sie ein, der Gruppe { $group } beizutreten.
invitation-roles = Ihre Rolle dort: { $roles }.
invitation-until = Die Einladung gilt bis zum { $date } (UTC).
invitation-button = Einladung ansehen
invitation-ignore = Wenn Sie nicht beitreten möchten, brauchen Sie nichts zu tun.
invitation-stop = Keine Einladungen mehr

reminder-subject = Ihre Einladung in die Gruppe { $group } endet am { $date }
reminder-text = { $person } hat Sie eingeladen, der Gruppe { $group } beizutreten, und wartet auf Ihre Antwort.

accepted-subject = { $person } hat Ihre Einladung in die Gruppe { $group } angenommen
accepted-text = { $person } hat Ihre Einladung in die Gruppe { $group } angenommen.

request-subject = { $person } möchte der Gruppe { $group } beitreten
request-text = { $person } möchte Ihrer Gruppe { $group } beitreten.
request-next = Sie und alle anderen, die die Gruppe leiten, können die Anfrage annehmen oder ablehnen.

approved-subject = Sie sind jetzt Mitglied der Gruppe { $group }
approved-text = Sie sind jetzt Mitglied der Gruppe { $group }.

ownership-subject = { $person } möchte Ihnen die Gruppe { $group } übergeben
ownership-text = { $person } möchte Ihnen die Gruppe { $group } übergeben. Wenn Sie annehmen, gehört die Gruppe Ihnen.
ownership-until = Das Angebot gilt bis zum { $date } (UTC).

sign-in-subject = Mit Ihrem Konto der Gruppe { $group } beitreten
sign-in-text = Jemand möchte eine Einladung in die Gruppe { $group } mit Ihrem Konto annehmen. Wenn Sie das sind, öffnen Sie diese Seite:
sign-in-until = { $minutes ->
    [one] Die Seite gilt { $minutes } Minute lang.
   *[other] Die Seite gilt { $minutes } Minuten lang.
 }
sign-in-button = Weiter
sign-in-ignore = Wenn Sie das nicht waren, brauchen Sie nichts zu tun: Ohne Sie geschieht nichts.

server-invitation-subject = { $person } lädt Sie zu { $installation } ein
server-invitation-text = { $person } lädt Sie ein, ein Konto bei { $installation } zu eröffnen.
server-invitation-ignore = Wenn Sie kein Konto möchten, brauchen Sie nichts zu tun.
