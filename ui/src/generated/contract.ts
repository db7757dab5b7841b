// Generated from crates/workbench/src/contract by `make types`. Do not edit.
// Times are Unix milliseconds, sizes bytes, coordinates image pixels after EXIF orientation.

/**
 * The shapes an annotation can have.
 */
export type ShapeKind = "box" | "polygon" | "tag";

/**
 * A label schema. Classes and attributes keep their identifiers when they are renamed.
 */
export type LabelSchema = { 
/**
 * The classes, in the order in which people see them.
 */
classes: Array<Class>, 
/**
 * Attributes of the item itself.
 */
attributes: Array<Attribute>, };

/**
 * One class of objects.
 */
export type Class = { 
/**
 * Its lasting identifier.
 */
id: string, 
/**
 * Its name: not empty, unique in the schema without regard to case.
 */
name: string, 
/**
 * `#rrggbb`.
 */
color: string, 
/**
 * The key that picks it, one character, unique in the schema.
 */
key: string | null, 
/**
 * The shapes it may have; at least one.
 */
shapes: Array<ShapeKind>, 
/**
 * Attributes of each object of the class.
 */
attributes: Array<Attribute>, };

/**
 * One attribute of a class or of items.
 */
export type Attribute = { 
/**
 * Its lasting identifier.
 */
id: string, 
/**
 * Its name: not empty, unique among its siblings.
 */
name: string, 
/**
 * What values it takes.
 */
type: AttributeKind, 
/**
 * The value of a new object, if it has one from the start.
 */
default: AttributeValue | null, 
/**
 * Whether an item can be submitted without it.
 */
required: boolean, };

/**
 * The values an attribute takes.
 */
export type AttributeKind = { "kind": "select", 
/**
 * Not empty, without duplicates.
 */
options: Array<string>, } | { "kind": "multi-select", 
/**
 * Not empty, without duplicates.
 */
options: Array<string>, } | { "kind": "checkbox" } | { "kind": "number", 
/**
 * The least value allowed.
 */
min: number | null, 
/**
 * The greatest value allowed.
 */
max: number | null, } | { "kind": "text" };

/**
 * The value of an attribute.
 */
export type AttributeValue = { "kind": "select", "value": string } | { "kind": "multi-select", "value": Array<string> } | { "kind": "checkbox", "value": boolean } | { "kind": "number", "value": number } | { "kind": "text", "value": string };

/**
 * A point in image pixels after EXIF orientation.
 */
export type Point = { 
/**
 * Pixels from the left edge of the image.
 */
x: number, 
/**
 * Pixels from the top edge of the image.
 */
y: number, };

/**
 * Where an annotation is.
 */
export type Shape = { "kind": "box", 
/**
 * The corner nearest to the image's origin.
 */
min: Point, 
/**
 * The opposite corner.
 */
max: Point, } | { "kind": "polygon", 
/**
 * The rings; an object that is hidden in the middle has several.
 */
parts: Array<Array<Point>>, } | { "kind": "tag" };

/**
 * The value of one attribute of one object or item.
 */
export type AttributeEntry = { 
/**
 * Which attribute of the schema.
 */
attribute: string, 
/**
 * Its value.
 */
value: AttributeValue, };

/**
 * One object or tag on an item.
 */
export type Annotation = { 
/**
 * Its lasting identifier.
 */
id: string, 
/**
 * Its class in the batch's schema.
 */
class: string, 
/**
 * Where it is.
 */
shape: Shape, 
/**
 * The attributes that have a value, sorted by identifier.
 */
attributes: Array<AttributeEntry>, 
/**
 * Who drew it.
 */
author: string, };

/**
 * How far the work on an item is.
 */
export type WorkState = { "kind": "open" } | { "kind": "submitted" } | { "kind": "accepted" } | { "kind": "rejected", 
/**
 * Why, in the lead's words.
 */
reason: string, };

/**
 * Everything that was said about one item.
 */
export type ItemDocument = { 
/**
 * How far the work is.
 */
state: WorkState, 
/**
 * Objects and tags, from the bottom to the top.
 */
annotations: Array<Annotation>, 
/**
 * Attributes of the item itself that have a value, sorted by identifier.
 */
attributes: Array<AttributeEntry>, 
/**
 * Remarks, oldest first.
 */
comments: Array<Comment>, 
/**
 * What two people changed at the same time, until a person chooses. Sorted by identifier.
 */
conflicts: Array<Conflict>, };

/**
 * What a comment is pinned to.
 */
export type CommentAnchor = { "kind": "item" } | { "kind": "annotation", 
/**
 * Which.
 */
id: string, } | { "kind": "place", 
/**
 * Where.
 */
at: Point, };

/**
 * A remark.
 */
export type Comment = { 
/**
 * Its lasting identifier.
 */
id: string, 
/**
 * Who wrote it.
 */
author: string, 
/**
 * Unix milliseconds.
 */
time: number, 
/**
 * What it is about.
 */
anchor: CommentAnchor, 
/**
 * 1 to 10,000 characters.
 */
text: string, 
/**
 * Whether it has been dealt with.
 */
resolved: boolean, };

/**
 * The property of an item that a conflict is about.
 */
export type Property = { "kind": "state" } | { "kind": "item-attribute", 
/**
 * Which.
 */
attribute: string, } | { "kind": "existence", 
/**
 * Which object.
 */
annotation: string, } | { "kind": "shape", 
/**
 * Which object.
 */
annotation: string, } | { "kind": "class", 
/**
 * Which object.
 */
annotation: string, } | { "kind": "attribute", 
/**
 * Which object.
 */
annotation: string, 
/**
 * Which attribute.
 */
attribute: string, };

/**
 * What one side of a conflict wants.
 */
export type PropertyValue = { "kind": "absent" } | { "kind": "state", "value": WorkState } | { "kind": "annotation", "value": Annotation } | { "kind": "shape", "value": Shape } | { "kind": "class", "value": string } | { "kind": "attribute", "value": AttributeValue };

/**
 * One side of a conflict.
 */
export type ConflictSide = { 
/**
 * Whose revision.
 */
author: string, 
/**
 * What it wants.
 */
value: PropertyValue, };

/**
 * Two changes of the same property at the same time. The document shows `sides[0]` until a person chooses.
 */
export type Conflict = { 
/**
 * Derived from the property and the two values, so that everybody who merges finds the same conflict.
 */
id: string, 
/**
 * What it is about.
 */
property: Property, 
/**
 * The values that exclude each other, in an order that does not depend on who merges. At least two.
 */
sides: Array<ConflictSide>, };

/**
 * One wish. A finished gesture is a list of them, applied together or not at all, and undone together.
 */
export type Intent = { "kind": "create", 
/**
 * Its identifier, chosen by the core when absent.
 */
id: string | null, 
/**
 * Its class.
 */
class: string, 
/**
 * Where.
 */
shape: Shape, 
/**
 * Attributes, as when pasting.
 */
attributes: Array<AttributeEntry>, } | { "kind": "delete", 
/**
 * Which.
 */
id: string, } | { "kind": "set-shape", 
/**
 * Which.
 */
id: string, 
/**
 * Where it is now. Must be of a kind that the class allows.
 */
shape: Shape, } | { "kind": "set-class", 
/**
 * Which.
 */
id: string, 
/**
 * The new class.
 */
class: string, } | { "kind": "set-attribute", 
/**
 * Which object.
 */
id: string, 
/**
 * Which attribute.
 */
attribute: string, 
/**
 * `None` clears it.
 */
value: AttributeValue | null, } | { "kind": "set-item-attribute", 
/**
 * Which attribute.
 */
attribute: string, 
/**
 * `None` clears it.
 */
value: AttributeValue | null, } | { "kind": "reorder", 
/**
 * Which.
 */
id: string, 
/**
 * Its new index from the bottom; beyond the end means the top.
 */
index: number, } | { "kind": "add-comment", 
/**
 * What it is about.
 */
anchor: CommentAnchor, 
/**
 * 1 to 10,000 characters.
 */
text: string, } | { "kind": "resolve-comment", 
/**
 * Which.
 */
id: string, 
/**
 * Whether it is.
 */
resolved: boolean, } | { "kind": "delete-comment", 
/**
 * Which.
 */
id: string, } | { "kind": "choose", 
/**
 * Which conflict.
 */
conflict: string, 
/**
 * Index of the side.
 */
side: number, } | { "kind": "submit" } | { "kind": "reopen" } | { "kind": "accept" } | { "kind": "reject", 
/**
 * Why: 1 to 10,000 characters.
 */
reason: string, };

/**
 * Arguments of a command that takes none.
 */
export type Nothing = Record<symbol, never>;

/**
 * What the window or a script may have to react to differently. Kebab-case as text.
 */
export type ErrorCode = "bad-request" | "not-found" | "ambiguous" | "not-enrolled" | "already-enrolled" | "invite-invalid" | "agreement-needed" | "not-allowed" | "profile-in-use" | "keychain-unavailable" | "keychain-locked" | "keys-missing" | "store-damaged" | "store-too-new" | "disk-full" | "offline" | "wrong-server" | "server-refused" | "server-lied" | "object-damaged" | "not-pulled" | "media-unreadable" | "edit-refused" | "stale" | "invalid-input" | "cancelled" | "locked" | "busy" | "internal";

/**
 * An error that can be shown: what is wrong and what to do, without any client content.
 */
export type Failure = { 
/**
 * What to react to.
 */
code: ErrorCode, 
/**
 * What to show.
 */
message: string, };

/**
 * What a member may do.
 */
export type MemberRole = "owner" | "lead" | "annotator";

/**
 * The state of this profile.
 */
export type Session = { "kind": "unenrolled" } | { "kind": "ready", 
/**
 * Who I am.
 */
me: Me, 
/**
 * Whose member I am.
 */
organisation: OrganisationSummary, } | { "kind": "locked" } | { "kind": "blocked", 
/**
 * Why, and what to do.
 */
failure: Failure, };

/**
 * This member on this device.
 */
export type Me = { 
/**
 * The member.
 */
member: string, 
/**
 * The member's name.
 */
name: string, 
/**
 * The member's role.
 */
role: MemberRole, 
/**
 * This device.
 */
device: string, 
/**
 * Its name.
 */
deviceName: string, 
/**
 * The fingerprint of its signing key, for people to compare.
 */
fingerprint: string, };

/**
 * The organisation.
 */
export type OrganisationSummary = { 
/**
 * Its identifier.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * The fingerprint of its root key, for people to compare.
 */
fingerprint: string, };

/**
 * Locking.
 */
export type LockArguments = { 
/**
 * Whether running tasks are stopped. Otherwise they are a reason not to lock.
 */
stop: boolean, };

/**
 * An invite code.
 */
export type InviteArguments = { 
/**
 * As typed or pasted.
 */
code: string, };

/**
 * What an invite offers.
 */
export type InvitePreview = { 
/**
 * The organisation whose root key the code pins.
 */
organisation: OrganisationSummary, 
/**
 * The member's name as the inviter wrote it.
 */
name: string, 
/**
 * The role.
 */
role: MemberRole, 
/**
 * The server's address.
 */
server: string, 
/**
 * The text of the confidentiality agreement.
 */
agreement: string, 
/**
 * When the invite ends.
 */
expires: number, };

/**
 * Enrolment.
 */
export type EnrollArguments = { 
/**
 * The invite code.
 */
code: string, 
/**
 * What to call this device.
 */
deviceName: string, 
/**
 * Whether the person accepts the confidentiality agreement.
 */
agree: boolean, };

/**
 * Light or dark.
 */
export type Theme = "system" | "light" | "dark";

/**
 * Preferences of this profile.
 */
export type Preferences = { 
/**
 * Light or dark.
 */
theme: Theme, 
/**
 * Whether the first-run tour was seen.
 */
tourSeen: boolean, 
/**
 * Opacity of filled shapes, 0 to 1.
 */
fillOpacity: number, 
/**
 * Whether class names are drawn at the objects.
 */
showLabels: boolean, 
/**
 * Whether shapes are drawn without their fill.
 */
outlinesOnly: boolean, 
/**
 * What is drawn over the picture to find one's way.
 */
overlays: Overlays, };

/**
 * What is drawn over the picture to find one's way on it.
 */
export type Overlays = { 
/**
 * Lines at round coordinates.
 */
grid: boolean, 
/**
 * Lines through the pointer.
 */
crosshair: boolean, 
/**
 * The borders of pixels, and their values, where they are drawn large enough.
 */
pixels: boolean, 
/**
 * Coordinates along the edges.
 */
rulers: boolean, 
/**
 * The whole picture in small, with the part that is shown.
 */
minimap: boolean, };

/**
 * How the device stands with the server.
 */
export type SyncState = { 
/**
 * Whether the server answered the last time.
 */
connection: Connection, 
/**
 * Whether a sync runs now.
 */
running: boolean, 
/**
 * How many items hold changes that the server does not have yet.
 */
waiting: number, 
/**
 * When everything was last in step.
 */
lastSynced: number | null, };

/**
 * The connection to the server.
 */
export type Connection = { "kind": "unknown" } | { "kind": "online" } | { "kind": "offline" } | { "kind": "refused", 
/**
 * What.
 */
failure: Failure, };

/**
 * A batch.
 */
export type BatchArguments = { 
/**
 * Which.
 */
batch: string, };

/**
 * How much of a batch is on this device.
 */
export type Presence = "remote" | "here" | "unpushed";

/**
 * A member that a batch is assigned to.
 */
export type Assignee = { 
/**
 * Who.
 */
member: string, 
/**
 * The name.
 */
name: string, };

/**
 * How many items are in which state.
 */
export type ItemCounts = { 
/**
 * All items.
 */
total: number, 
/**
 * Open without any label.
 */
untouched: number, 
/**
 * Open with labels.
 */
labelled: number, 
/**
 * Waiting for review.
 */
submitted: number, 
/**
 * Taken by a lead.
 */
accepted: number, 
/**
 * Sent back by a lead.
 */
rejected: number, 
/**
 * Items with a conflict that nobody has decided.
 */
conflicts: number, 
/**
 * Items with changes that the server does not have yet.
 */
waiting: number, };

/**
 * A line in the list of batches.
 */
export type BatchSummary = { 
/**
 * The batch.
 */
id: string, 
/**
 * Its name (sealed; the server does not know it).
 */
name: string, 
/**
 * The project's name.
 */
project: string, 
/**
 * What is on this device.
 */
presence: Presence, 
/**
 * Bytes of sealed media in all.
 */
bytes: number, 
/**
 * Bytes of sealed media on this device.
 */
bytesHere: number, 
/**
 * Items that can be worked on as their file is on this device, whole.
 */
itemsHere: number, 
/**
 * The items by state.
 */
counts: ItemCounts, 
/**
 * When the work should be done.
 */
due: number | null, 
/**
 * When the batch was sealed.
 */
created: number, 
/**
 * Whom it is assigned to.
 */
assignees: Array<Assignee>, 
/**
 * Whether this member may review it.
 */
canReview: boolean, };

/**
 * An opened batch.
 */
export type BatchView = { 
/**
 * Its line in the list.
 */
summary: BatchSummary, 
/**
 * The project it belongs to.
 */
project: string, 
/**
 * What can be labelled.
 */
schema: LabelSchema, 
/**
 * What the lead wrote for the annotators (plain text), if anything.
 */
guide: string | null, 
/**
 * Its items in their order.
 */
items: Array<ItemSummary>, 
/**
 * Where to go on: the item that was open last, else the first that is not done.
 */
resume: string | null, };

/**
 * The state of an item, for lists.
 */
export type ItemState = "open" | "submitted" | "accepted" | "rejected";

/**
 * A line in the list of items.
 */
export type ItemSummary = { 
/**
 * The item.
 */
id: string, 
/**
 * Its path below the folder that was sealed.
 */
name: string, 
/**
 * Pixels, after orientation.
 */
width: number, 
/**
 * Pixels, after orientation.
 */
height: number, 
/**
 * How far it is.
 */
state: ItemState, 
/**
 * Objects and tags on it.
 */
annotations: number, 
/**
 * Remarks that are not dealt with.
 */
openComments: number, 
/**
 * Conflicts that nobody has decided.
 */
conflicts: number, 
/**
 * Whether the newest change on this device is not on the server yet.
 */
waiting: boolean, 
/**
 * Whether its media is on this device.
 */
here: boolean, };

/**
 * An item of a batch.
 */
export type ItemArguments = { 
/**
 * The batch.
 */
batch: string, 
/**
 * The item.
 */
item: string, };

/**
 * Items to decode ahead of time.
 */
export type PrefetchArguments = { 
/**
 * The batch.
 */
batch: string, 
/**
 * The items, most wanted first.
 */
items: Array<string>, };

/**
 * The size of one level of a picture.
 */
export type LevelSize = { 
/**
 * Pixels.
 */
width: number, 
/**
 * Pixels.
 */
height: number, };

/**
 * An opened item. Its pixels are fetched by the media protocol: `region?level=0&x=0&y=0&w=512&h=512` gives
 * w × h × 4 bytes of RGBA.
 */
export type ItemView = { 
/**
 * Its line in the list.
 */
summary: ItemSummary, 
/**
 * What was said about it.
 */
document: ItemDocument, 
/**
 * The picture's levels: the first is the full size, each further one half of the one before, rounded up.
 */
levels: Array<LevelSize>, 
/**
 * What can be undone and redone.
 */
history: HistoryState, 
/**
 * Whether this member may change the labels as things are.
 */
editable: boolean, };

/**
 * What can be undone and redone on an item.
 */
export type HistoryState = { 
/**
 * Gestures that can be undone.
 */
undo: number, 
/**
 * Gestures that can be done again.
 */
redo: number, };

/**
 * A finished gesture.
 */
export type EditArguments = { 
/**
 * The batch.
 */
batch: string, 
/**
 * The item.
 */
item: string, 
/**
 * What to change, all or nothing.
 */
intents: Array<Intent>, };

/**
 * What a saved edit changed. Fields that are absent did not change.
 */
export type DocumentPatch = { 
/**
 * Objects that are gone.
 */
removed: Array<string>, 
/**
 * Objects that are new or changed.
 */
changed: Array<Annotation>, 
/**
 * The new stacking order, all objects from the bottom to the top, if it changed.
 */
order: Array<string> | null, 
/**
 * The new state.
 */
state: WorkState | null, 
/**
 * The attributes of the item.
 */
attributes: Array<AttributeEntry> | null, 
/**
 * The remarks.
 */
comments: Array<Comment> | null, 
/**
 * The conflicts.
 */
conflicts: Array<Conflict> | null, };

/**
 * The result of an edit, undo or redo: it is durably saved on this device.
 */
export type EditOutcome = { 
/**
 * What changed.
 */
patch: DocumentPatch, 
/**
 * Objects that the gesture created, in the order of its intents.
 */
created: Array<string>, 
/**
 * What can be undone and redone now.
 */
history: HistoryState, 
/**
 * The item's line in the list.
 */
summary: ItemSummary, 
/**
 * Whether this member may still change the labels.
 */
editable: boolean, };

/**
 * What to submit.
 */
export type SubmitArguments = { 
/**
 * The batch.
 */
batch: string, 
/**
 * The items; absent means every open or rejected item.
 */
items: Array<string> | null, };

/**
 * An item that could not be submitted.
 */
export type SubmitRefusal = { 
/**
 * Which.
 */
item: string, 
/**
 * Why, in plain words.
 */
reason: string, };

/**
 * What was submitted.
 */
export type SubmitOutcome = { 
/**
 * How many items.
 */
submitted: number, 
/**
 * Those that were not, and why.
 */
refused: Array<SubmitRefusal>, 
/**
 * The new lines of all items concerned.
 */
items: Array<ItemSummary>, };

/**
 * A member of the organisation.
 */
export type MemberSummary = { 
/**
 * The member.
 */
id: string, 
/**
 * The name.
 */
name: string, 
/**
 * The role.
 */
role: MemberRole, 
/**
 * The devices that are enrolled and not revoked.
 */
devices: Array<DeviceSummary>, 
/**
 * Whether an invite is open.
 */
invited: boolean, };

/**
 * A device of a member.
 */
export type DeviceSummary = { 
/**
 * Its name.
 */
name: string, 
/**
 * The fingerprint of its signing key.
 */
fingerprint: string, };

/**
 * Whom to invite.
 */
export type InviteMemberArguments = { 
/**
 * The name: 1 to 80 characters, not yet taken.
 */
name: string, 
/**
 * The role.
 */
role: MemberRole, };

/**
 * An invite. The code is shown once.
 */
export type InviteIssued = { 
/**
 * To be handed over in person or by another trusted way.
 */
code: string, 
/**
 * When it ends.
 */
expires: number, };

/**
 * A project.
 */
export type ProjectSummary = { 
/**
 * The project.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its label schema.
 */
schema: LabelSchema, };

/**
 * A new project.
 */
export type CreateProjectArguments = { 
/**
 * Its name.
 */
name: string, 
/**
 * A schema file's text (JSON).
 */
schema: string, };

/**
 * What to seal.
 */
export type SealArguments = { 
/**
 * The project whose schema applies.
 */
project: string, 
/**
 * The batch's name.
 */
name: string, 
/**
 * Files and folders on this machine.
 */
paths: Array<string>, 
/**
 * When the work should be done.
 */
due: number | null, 
/**
 * What annotators should know, plain text.
 */
guide: string | null, };

/**
 * A file that was not sealed.
 */
export type SkippedFile = { 
/**
 * Its path, as given.
 */
path: string, 
/**
 * Why, in plain words.
 */
reason: string, };

/**
 * What was sealed.
 */
export type SealReport = { 
/**
 * The new batch.
 */
batch: string, 
/**
 * How many items it has.
 */
items: number, 
/**
 * Bytes of client files.
 */
bytes: number, 
/**
 * Files that were left out.
 */
skipped: Array<SkippedFile>, };

/**
 * Whom to assign a batch to.
 */
export type AssignArguments = { 
/**
 * The batch.
 */
batch: string, 
/**
 * The member.
 */
member: string, };

/**
 * An export to plan.
 */
export type ExportPlanArguments = { 
/**
 * The batch.
 */
batch: string, 
/**
 * The name of the format.
 */
format: string, };

/**
 * Something that a format cannot carry.
 */
export type DroppedKind = { 
/**
 * What.
 */
what: string, 
/**
 * Why.
 */
why: string, 
/**
 * How many.
 */
count: number, };

/**
 * What an export would write.
 */
export type ExportPlan = { 
/**
 * Items.
 */
items: number, 
/**
 * Items that a lead has accepted.
 */
accepted: number, 
/**
 * Objects that would be written.
 */
annotations: number, 
/**
 * What would be lost.
 */
dropped: Array<DroppedKind>, };

/**
 * An export.
 */
export type ExportArguments = { 
/**
 * The batch.
 */
batch: string, 
/**
 * The name of the format.
 */
format: string, 
/**
 * A folder that does not exist yet or is empty.
 */
out: string, 
/**
 * Whether to write the decrypted media too.
 */
media: boolean, };

/**
 * What was exported.
 */
export type ExportReport = { 
/**
 * Objects that were written.
 */
written: number, 
/**
 * What was lost.
 */
dropped: Array<DroppedKind>, };

/**
 * A task.
 */
export type TaskArguments = { 
/**
 * Which.
 */
task: number, };

/**
 * A task has started.
 */
export type TaskStarted = { 
/**
 * Its number, for progress and cancelling.
 */
task: number, };

/**
 * What a task does.
 */
export type TaskKind = "seal" | "push" | "pull" | "export" | "sync";

/**
 * How a task ended.
 */
export type TaskOutcome = { "kind": "done" } | { "kind": "sealed", 
/**
 * What.
 */
report: SealReport, } | { "kind": "exported", 
/**
 * What.
 */
report: ExportReport, } | { "kind": "failed", 
/**
 * Why.
 */
failure: Failure, };

/**
 * Something that the window is told.
 */
export type Event = { "kind": "locked" } | { "kind": "sync", 
/**
 * The new state.
 */
state: SyncState, } | { "kind": "progress", 
/**
 * Which.
 */
task: number, 
/**
 * What it does.
 */
work: TaskKind, 
/**
 * The batch it is about.
 */
batch: string | null, 
/**
 * How much is done, in files or bytes.
 */
done: number, 
/**
 * Of how much, when known.
 */
total: number | null, } | { "kind": "finished", 
/**
 * Which.
 */
task: number, 
/**
 * What it did.
 */
work: TaskKind, 
/**
 * The batch it was about.
 */
batch: string | null, 
/**
 * How it ended.
 */
outcome: TaskOutcome, } | { "kind": "batches-changed" } | { "kind": "items-changed", 
/**
 * The batch.
 */
batch: string, 
/**
 * The new lines.
 */
items: Array<ItemSummary>, } | { "kind": "documents-changed", 
/**
 * The batch.
 */
batch: string, 
/**
 * The items.
 */
items: Array<string>, };

/** Every command with its arguments and result. */
export interface Commands {
  /** Who and where I am. */
  session: { arguments: Nothing; result: Session };
  /** Closes the profile: database, keys and everything decrypted go from memory. Returns when they have. */
  lock: { arguments: LockArguments; result: Nothing };
  /** Opens the locked profile again, with the keys from the keychain. */
  unlock: { arguments: Nothing; result: Session };
  /** What an invite code says, checked against the organisation's log; nothing is changed yet. */
  inspect_invite: { arguments: InviteArguments; result: InvitePreview };
  /** Makes this device's keys and enrols it. */
  enroll: { arguments: EnrollArguments; result: Session };
  /** The preferences of this profile, kept in its encrypted database. */
  preferences: { arguments: Nothing; result: Preferences };
  /** Replaces the preferences. */
  set_preferences: { arguments: Preferences; result: Nothing };
  /** Starts a sync unless one runs. Progress comes as events. */
  sync_now: { arguments: Nothing; result: Nothing };
  /** Whether the server is reached, what waits, when it last worked. */
  sync_state: { arguments: Nothing; result: SyncState };
  /** Stops a task as soon as it can stop without losing anything. */
  cancel_task: { arguments: TaskArguments; result: Nothing };
  /** The batches that this device may open, and for a lead those that the device sealed. */
  list_batches: { arguments: Nothing; result: Array<BatchSummary> };
  /** Brings a batch's sealed files onto this device. A task. */
  pull_batch: { arguments: BatchArguments; result: TaskStarted };
  /** Opens a batch: its schema and items. */
  open_batch: { arguments: BatchArguments; result: BatchView };
  /** Opens an item: its document, and the sizes of its picture's levels. */
  open_item: { arguments: ItemArguments; result: ItemView };
  /** Decodes items ahead of time, in this order, into memory only. */
  prefetch: { arguments: PrefetchArguments; result: Nothing };
  /** Applies a finished gesture. Returns when it is durably saved on this device. */
  edit: { arguments: EditArguments; result: EditOutcome };
  /** Undoes this device's newest gesture on the item that is not undone yet. */
  undo: { arguments: ItemArguments; result: EditOutcome };
  /** Does again what was undone last. */
  redo: { arguments: ItemArguments; result: EditOutcome };
  /** Submits the given items, or all open and rejected ones that are complete. */
  submit: { arguments: SubmitArguments; result: SubmitOutcome };
  /** The members of the organisation, as the verified log has them. */
  list_members: { arguments: Nothing; result: Array<MemberSummary> };
  /** Invites a member. Leads and the owner only. */
  invite: { arguments: InviteMemberArguments; result: InviteIssued };
  /** The projects on this device. */
  list_projects: { arguments: Nothing; result: Array<ProjectSummary> };
  /** Creates a project with a label schema. Leads and the owner only. */
  create_project: { arguments: CreateProjectArguments; result: ProjectSummary };
  /** Seals files and folders into a new batch. A task; its result is a [`SealReport`]. */
  seal_batch: { arguments: SealArguments; result: TaskStarted };
  /** Sends a sealed batch to the server. A task. */
  push_batch: { arguments: BatchArguments; result: TaskStarted };
  /** Grants a batch to all devices of a member. */
  assign_batch: { arguments: AssignArguments; result: Nothing };
  /** What an export would write and what the format cannot carry. */
  plan_export: { arguments: ExportPlanArguments; result: ExportPlan };
  /** Writes an export. A task; its result is an [`ExportReport`]. */
  export_batch: { arguments: ExportArguments; result: TaskStarted };
}
